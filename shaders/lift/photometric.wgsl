// Blur and exposure in linear light, gamma, noise. Reference: src/pages/lift/passes/photometric/cpu.ts.

#import "../common/random.wgsl"
#import "../common/srgb.wgsl"

struct Params {
  size: vec2u,
  gain: f32,
  gamma: f32,
  noise: f32,
  seeds: vec3u,
  radius: u32,
  taps: array<vec4f, MAX_TAPS / 4>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var source: texture_2d<f32>;
// Linear light, blurred along the rows.
@group(0) @binding(2) var<storage, read_write> rows: array<vec4f>;
@group(0) @binding(3) var developed: texture_storage_2d<rgba8unorm, write>;

fn tapOf(i: u32) -> f32 {
  return params.taps[i / 4u][i % 4u];
}

fn linearAt(x: i32, y: u32) -> vec3f {
  let place = vec2i(clamp(x, 0, i32(params.size.x) - 1), i32(y));
  return decodeSrgb(textureLoad(source, place, 0).rgb);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn blurRows(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let x = i32(id.x);
  var sum = tapOf(0u) * linearAt(x, id.y);
  for (var i = 1u; i <= params.radius; i++) {
    sum += tapOf(i) * (linearAt(x - i32(i), id.y) + linearAt(x + i32(i), id.y));
  }
  rows[id.y * params.size.x + id.x] = vec4f(sum, 1.0);
}

fn rowAt(x: u32, y: i32) -> vec3f {
  return rows[u32(clamp(y, 0, i32(params.size.y) - 1)) * params.size.x + x].rgb;
}

// The sum of twelve random bytes: mean 0, deviation 1, the same bits as on the CPU.
fn gaussianNoise(index: u32) -> f32 {
  let place = hash(index);
  var sum = 0u;
  for (var k = 0u; k < 3u; k++) {
    let word = hash(place ^ params.seeds[k]);
    sum += (word & 255u) + ((word >> 8u) & 255u) + ((word >> 16u) & 255u) + (word >> 24u);
  }
  return (f32(sum) - 1530.0) / 256.0;
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn develop(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let y = i32(id.y);
  var light = tapOf(0u) * rowAt(id.x, y);
  for (var i = 1u; i <= params.radius; i++) {
    light += tapOf(i) * (rowAt(id.x, y - i32(i)) + rowAt(id.x, y + i32(i)));
  }
  var color = encodeSrgb(params.gain * light);
  if (params.gamma != 1.0) {
    color = pow(color, vec3f(params.gamma));
  }
  let index = 3u * (id.y * params.size.x + id.x);
  color += params.noise * vec3f(gaussianNoise(index), gaussianNoise(index + 1u), gaussianNoise(index + 2u));
  textureStore(developed, id.xy, vec4f(color, textureLoad(source, id.xy, 0).a));
}
