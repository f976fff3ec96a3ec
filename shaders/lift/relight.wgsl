// Point lights on a view with depth and normals, in linear light. Reference: src/pages/lift/passes/relight/cpu.ts.

#import "../common/srgb.wgsl"

override FLOOR: f32;
override STEPS: i32;
override BIAS: f32;
override FULL_BIAS: f32;
override THICKNESS: f32;

struct Params {
  size: vec2u,
  focal: vec2f,
  centre: vec2f,
  unit: f32,     // scene units that count as distance 1
  ambient: f32,
  count: u32,
  shadows: u32,
  places: array<vec4f, MAX_LIGHTS>,  // position in the view's camera frame, power
  colors: array<vec4f, MAX_LIGHTS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var<storage, read> depth: array<f32>;
@group(0) @binding(3) var<storage, read> normals: array<f32>;
@group(0) @binding(4) var lit: texture_storage_2d<rgba8unorm, write>;

// How much of a light what the depth map shows keeps from a point, 0…1.
fn shadeOf(point: vec3f, light: vec3f) -> f32 {
  var most = 0.0;
  for (var step = 1; step < STEPS; step++) {
    let place = mix(point, light, f32(step) / f32(STEPS));
    if (place.z <= 0.0) {
      break;
    }
    let pixel = floor(params.focal * place.xy / place.z + params.centre);
    if (any(pixel < vec2f(0.0)) || any(pixel >= vec2f(params.size))) {
      break;
    }
    let surface = depth[u32(pixel.y) * params.size.x + u32(pixel.x)];
    let behind = place.z / max(surface, 1e-20) - 1.0;
    if (surface > 0.0 && behind > BIAS && behind <= THICKNESS) {
      most = max(most, min((behind - BIAS) / (FULL_BIAS - BIAS), 1.0));
    }
  }
  return most;
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let i = id.y * params.size.x + id.x;
  let points = params.size.x * params.size.y;
  let z = depth[i];
  var light = vec3f(params.ambient);
  if (z > 0.0) {
    let point = vec3f((vec2f(id.xy) + 0.5 - params.centre) / params.focal, 1.0) * z;
    let normal = vec3f(normals[i], normals[points + i], normals[2u * points + i]);
    for (var k = 0u; k < params.count; k++) {
      let place = params.places[k];
      let way = place.xyz - point;
      let facing = dot(normal, way);
      if (facing <= 0.0) {
        continue;
      }
      var share = 1.0;
      if (params.shadows != 0u) {
        share -= shadeOf(point, place.xyz);
      }
      let distance = length(way);
      let reach = max(FLOOR, distance / params.unit);
      light += share * place.w * facing / (distance * reach * reach) * params.colors[k].rgb;
    }
  }
  let color = textureLoad(source, id.xy, 0);
  textureStore(lit, id.xy, vec4f(encodeSrgb(decodeSrgb(color.rgb) * light), color.a));
}
