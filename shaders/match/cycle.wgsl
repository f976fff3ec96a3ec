// Distance after going to the other photo and back. Reference: src/compute/cycle/cpu.ts.

#import "../common/coordinates.wgsl"
#import "../common/sampling.wgsl"

struct Params {
  grid: vec2u,
  otherGrid: vec2u,
  photo: vec2f,  // pixels of the own photo
}

override CYCLE_OUTSIDE: f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> warp: array<f32>;
@group(0) @binding(2) var<storage, read> otherWarp: array<f32>;
@group(0) @binding(3) var<storage, read_write> cycle: array<f32>;

fn readOther(plane: u32, taps: Taps) -> f32 {
  let index = taps.index + plane * params.otherGrid.x * params.otherGrid.y;
  return dot(vec4f(otherWarp[index.x], otherWarp[index.y], otherWarp[index.z], otherWarp[index.w]), taps.weight);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.grid)) {
    return;
  }
  let i = id.y * params.grid.x + id.x;
  let there = vec2f(warp[i], warp[params.grid.x * params.grid.y + i]);
  if (!isInside(there)) {
    cycle[i] = CYCLE_OUTSIDE;
    return;
  }
  let taps = continuedTaps(there, params.otherGrid);
  let back = vec2f(readOther(0u, taps), readOther(1u, taps));
  cycle[i] = length(0.5 * params.photo * (back - centreOf(id.xy, params.grid)));
}
