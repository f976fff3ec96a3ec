// Gaussian blur of a float map along one axis, the border continued. Reference: src/compute/smooth/cpu.ts.

struct Params {
  size: vec2u,
  axis: vec2i,  // (1, 0) along rows, (0, 1) along columns
  radius: u32,
  taps: array<vec4f, MAX_TAPS / 4>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> blurred: array<f32>;

fn valueAt(place: vec2i) -> f32 {
  let inside = clamp(place, vec2i(0), vec2i(params.size) - 1);
  return source[u32(inside.y) * params.size.x + u32(inside.x)];
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let place = vec2i(id.xy);
  var sum = params.taps[0].x * valueAt(place);
  for (var i = 1u; i <= params.radius; i++) {
    let step = i32(i) * params.axis;
    sum += params.taps[i / 4u][i % 4u] * (valueAt(place - step) + valueAt(place + step));
  }
  blurred[id.y * params.size.x + id.x] = sum;
}
