// What saving as JPEG (4:2:0) and opening again does. Reference: src/pages/lift/passes/photometric/jpeg.ts.
// One workgroup per 16 × 16 pixels: four blocks of Y, one of Cb, one of Cr; one invocation per place of a block.

struct Params {
  tables: array<vec4f, 32>,  // 64 steps for Y, 64 for Cb and Cr
  dct: array<vec4f, 16>,     // row u: weights of the samples for frequency u
}

const TILES = 6u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var compressed: texture_storage_2d<rgba8unorm, write>;

var<workgroup> values: array<f32, 384>;
var<workgroup> scratch: array<f32, 384>;

fn dctAt(u: u32, x: u32) -> f32 {
  return params.dct[2u * u + x / 4u][x % 4u];
}

fn stepOf(tile: u32, place: u32) -> f32 {
  let i = select(64u, 0u, tile < 4u) + place;
  return params.tables[i / 4u][i % 4u];
}

// Place in `values` of a pixel's luminance.
fn lumaPlace(pixel: vec2u) -> u32 {
  let tile = pixel / 8u;
  let inside = pixel % 8u;
  return 64u * (2u * tile.y + tile.x) + 8u * inside.y + inside.x;
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let corner = UNIT * group.xy;
  let last = textureDimensions(source) - 1u;
  let row = local / 8u;
  let column = local % 8u;
  var blue = 0.0;
  var red = 0.0;
  for (var k = 0u; k < 4u; k++) {
    let pixel = vec2u(2u * column + k % 2u, 2u * row + k / 2u);
    let color = round(255.0 * textureLoad(source, min(corner + pixel, last), 0).rgb);
    values[lumaPlace(pixel)] = dot(color, vec3f(0.299, 0.587, 0.114)) - 128.0;
    blue += 0.25 * dot(color, vec3f(-0.168736, -0.331264, 0.5));
    red += 0.25 * dot(color, vec3f(0.5, -0.418688, -0.081312));
  }
  values[256u + local] = blue;
  values[320u + local] = red;
  workgroupBarrier();
  for (var tile = 0u; tile < TILES; tile++) {
    var sum = 0.0;
    for (var k = 0u; k < 8u; k++) {
      sum += dctAt(row, k) * values[64u * tile + 8u * k + column];
    }
    scratch[64u * tile + local] = sum;
  }
  workgroupBarrier();
  for (var tile = 0u; tile < TILES; tile++) {
    var sum = 0.0;
    for (var k = 0u; k < 8u; k++) {
      sum += dctAt(column, k) * scratch[64u * tile + 8u * row + k];
    }
    let step = stepOf(tile, local);
    values[64u * tile + local] = floor(sum / step + 0.5) * step;
  }
  workgroupBarrier();
  for (var tile = 0u; tile < TILES; tile++) {
    var sum = 0.0;
    for (var k = 0u; k < 8u; k++) {
      sum += dctAt(k, column) * values[64u * tile + 8u * row + k];
    }
    scratch[64u * tile + local] = sum;
  }
  workgroupBarrier();
  for (var tile = 0u; tile < TILES; tile++) {
    var sum = 0.0;
    for (var k = 0u; k < 8u; k++) {
      sum += dctAt(k, row) * scratch[64u * tile + 8u * k + column];
    }
    values[64u * tile + local] = sum;
  }
  workgroupBarrier();
  blue = values[256u + local];
  red = values[320u + local];
  for (var k = 0u; k < 4u; k++) {
    let pixel = vec2u(2u * column + k % 2u, 2u * row + k / 2u);
    let place = corner + pixel;
    if (all(place <= last)) {
      let light = values[lumaPlace(pixel)] + 128.0;
      let color = light + vec3f(1.402 * red, -0.344136 * blue - 0.714136 * red, 1.772 * blue);
      textureStore(compressed, place, vec4f(color / 255.0, textureLoad(source, place, 0).a));
    }
  }
}
