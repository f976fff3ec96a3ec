// A tile's pixels, each from its splats front to back, one workgroup a tile. The maps' planes are
// named by src/compute/splats/measure/maps.ts. Reference: src/gaussians/raster/render.ts.

#import "view.wgsl"
#import "splat.wgsl"

const BATCH = 128u;
const NONE = 0xffffffffu;

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> splats: array<Splat>;
@group(0) @binding(2) var<storage, read> geometry: array<vec4f>;
@group(0) @binding(3) var<storage, read> pairSplats: array<u32>;
@group(0) @binding(4) var<storage, read> ranges: array<u32>;
// [MAPS, h, w] the bits of floats, but for indices and numbers.
@group(0) @binding(5) var<storage, read_write> maps: array<u32>;

var<workgroup> batchSplats: array<Splat, 128>;
var<workgroup> batchGeometry: array<vec4f, 384>;
var<workgroup> batchIndices: array<u32, 128>;
// Pixels of the tile that are not done, and a copy of it that all threads read alike.
var<workgroup> openPixels: atomic<u32>;
var<workgroup> remaining: u32;

fn store(map: u32, pixel: u32, value: f32) {
  maps[map * u32(view.size.x) * u32(view.size.y) + pixel] = bitcast<u32>(value);
}

fn storeWhole(map: u32, pixel: u32, value: u32) {
  maps[map * u32(view.size.x) * u32(view.size.y) + pixel] = value;
}

@compute @workgroup_size(TILE, TILE)
fn blend(
  @builtin(local_invocation_index) thread: u32,
  @builtin(local_invocation_id) place: vec3u,
  @builtin(workgroup_id) tile: vec3u,
) {
  let x = tile.x * TILE + place.x;
  let y = tile.y * TILE + place.y;
  let isInside = f32(x) < view.size.x && f32(y) < view.size.y;
  let middle = vec2f(f32(x), f32(y)) + 0.5;
  let ray = vec3f((middle - view.lens.zw) / view.lens.xy, 1.0);
  var isOpen = isInside;
  if (isInside) {
    atomicAdd(&openPixels, 1u);
  }
  var light = 1.0;
  var colour = vec3f(0.0);
  var normal = vec3f(0.0);
  // Sums over αT of: 1, depth, the plane's distance, the ray's depth; and of flatness.
  var sums = vec4f(0.0);
  var flatness = 0.0;
  var median = vec2f(0.0);
  var most = 0.0;
  var dominant = NONE;
  var count = 0u;
  let number = tile.y * view.tiles.x + tile.x;
  let begin = ranges[2u * number];
  let end = ranges[2u * number + 1u];
  for (var start = begin; start < end; start += BATCH) {
    let size = min(BATCH, end - start);
    if (thread < size) {
      let index = pairSplats[start + thread];
      batchIndices[thread] = index;
      batchSplats[thread] = splats[index];
      for (var k = 0u; k < 3u; k++) {
        batchGeometry[3u * thread + k] = geometry[3u * index + k];
      }
    }
    if (thread == 0u) {
      remaining = atomicLoad(&openPixels);
    }
    if (workgroupUniformLoad(&remaining) == 0u) {
      break;
    }
    for (var j = 0u; j < size && isOpen; j++) {
      let splat = batchSplats[j];
      let alpha = alphaAt(splat, middle - splat.place.xy);
      if (alpha == 0.0) {
        continue;
      }
      let after = light * (1.0 - alpha);
      if (after < MIN_TRANSMITTANCE) {
        isOpen = false;
        atomicSub(&openPixels, 1u);
        break;
      }
      let weight = alpha * light;
      let plane = batchGeometry[3u * j];
      // Turned to the camera.
      let facing = select(1.0, -1.0, plane.w > 0.0);
      let seen = vec3f(dot(plane.xyz, ray), dot(batchGeometry[3u * j + 1u].xyz, ray), dot(batchGeometry[3u * j + 2u].xyz, ray));
      let whitened = vec3f(plane.w, batchGeometry[3u * j + 1u].w, batchGeometry[3u * j + 2u].w);
      let densest = dot(whitened, seen) / dot(seen, seen);
      colour += weight * splat.look.rgb;
      normal += weight * facing * plane.xyz;
      sums += weight * vec4f(1.0, splat.place.z, abs(plane.w), densest);
      flatness += weight * splat.look.w;
      if (light > 0.5) {
        median = vec2f(splat.place.z, densest);
      }
      if (weight > most) {
        most = weight;
        dominant = batchIndices[j];
      }
      count++;
      light = after;
    }
    workgroupBarrier();
  }
  if (!isInside) {
    return;
  }
  let pixel = y * u32(view.size.x) + x;
  let against = -dot(normal, ray);
  let total = max(sums.x, 1e-20);
  let direction = normal / max(length(normal), 1e-20);
  for (var k = 0u; k < 3u; k++) {
    store(MAP_COLOUR + k, pixel, colour[k]);
    store(MAP_NORMAL + k, pixel, direction[k]);
  }
  store(MAP_ALPHA, pixel, 1.0 - light);
  store(MAP_CENTRE, pixel, sums.y / total);
  store(MAP_MEDIAN, pixel, median.x);
  store(MAP_PLANE, pixel, select(0.0, sums.z / against, against > 0.0));
  store(MAP_RAY_EXPECTED, pixel, sums.w / total);
  store(MAP_RAY_MEDIAN, pixel, median.y);
  store(MAP_FACING, pixel, against / (total * length(ray)));
  store(MAP_FLATNESS, pixel, flatness / total);
  storeWhole(MAP_DOMINANT, pixel, dominant);
  storeWhole(MAP_CONTRIBUTORS, pixel, count);
}
