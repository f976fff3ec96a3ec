// Sampling: the rows of the candidates drawn. Reference: src/compute/sample-matches/cpu.ts.

#import "../common/coordinates.wgsl"
#import "../common/dispatch.wgsl"
#import "../common/match-row.wgsl"

struct Params {
  gridA: vec2u,
  gridB: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> warpA: array<f32>;
@group(0) @binding(2) var<storage, read> warpB: array<f32>;
@group(0) @binding(3) var<storage, read> certaintyA: array<f32>;
@group(0) @binding(4) var<storage, read> certaintyB: array<f32>;
@group(0) @binding(5) var<storage, read> selection: Selection;
@group(0) @binding(6) var<storage, read> indices: array<u32>;
@group(0) @binding(7) var<storage, read_write> rows: array<MatchRow>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let n = linearIndex(id, workgroups);
  if (n >= selection.total) {
    return;
  }
  let pointsA = params.gridA.x * params.gridA.y;
  let pointsB = params.gridB.x * params.gridB.y;
  let candidate = indices[n];
  if (candidate < pointsA) {
    let own = centreOf(vec2u(candidate % params.gridA.x, candidate / params.gridA.x), params.gridA);
    let other = vec2f(warpA[candidate], warpA[pointsA + candidate]);
    rows[n] = MatchRow(vec4f(own, other), certaintyA[candidate], 0.0, vec2f(0.0));
  } else {
    let place = candidate - pointsA;
    let own = centreOf(vec2u(place % params.gridB.x, place / params.gridB.x), params.gridB);
    let other = vec2f(warpB[place], warpB[pointsB + place]);
    rows[n] = MatchRow(vec4f(other, own), certaintyB[place], 1.0, vec2f(0.0));
  }
}
