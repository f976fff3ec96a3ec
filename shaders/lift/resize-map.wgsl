// A map brought to another size, bilinear with the border clamped. Reference: resizeMap in
// src/compute/smooth/guided-filter.ts.

#import "../common/coordinates.wgsl"
#import "../common/sampling.wgsl"

struct Params {
  mapSize: vec2u,
  resizedSize: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> map: array<f32>;
@group(0) @binding(2) var<storage, read_write> resized: array<f32>;

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.resizedSize)) {
    return;
  }
  let taps = bilinearTaps(centreOf(id.xy, params.resizedSize), params.mapSize);
  let k = taps.index;
  resized[id.y * params.resizedSize.x + id.x] = dot(vec4f(map[k.x], map[k.y], map[k.z], map[k.w]), taps.weight);
}
