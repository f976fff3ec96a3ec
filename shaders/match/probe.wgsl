// What a field says of one place, read bilinearly. Reference: src/compute/probe/cpu.ts.

#import "../common/sampling.wgsl"

struct Params {
  grid: vec2u,
  point: vec2f,  // normalised
}

struct Probe {
  place: vec2f,  // in the other photo, normalised
  certainty: f32,
  cycle: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> warp: array<f32>;
@group(0) @binding(2) var<storage, read> certainty: array<f32>;
@group(0) @binding(3) var<storage, read> cycle: array<f32>;
@group(0) @binding(4) var<storage, read_write> result: Probe;

fn readWarp(plane: u32, taps: Taps) -> f32 {
  let i = taps.index + plane * params.grid.x * params.grid.y;
  return dot(vec4f(warp[i.x], warp[i.y], warp[i.z], warp[i.w]), taps.weight);
}

@compute @workgroup_size(1)
fn main() {
  let warpTaps = continuedTaps(params.point, params.grid);
  result.place = vec2f(readWarp(0u, warpTaps), readWarp(1u, warpTaps));
  let taps = bilinearTaps(params.point, params.grid);
  let i = taps.index;
  result.certainty = dot(vec4f(certainty[i.x], certainty[i.y], certainty[i.z], certainty[i.w]), taps.weight);
  result.cycle = dot(vec4f(cycle[i.x], cycle[i.y], cycle[i.z], cycle[i.w]), taps.weight);
}
