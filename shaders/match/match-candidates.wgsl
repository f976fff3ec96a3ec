// Sampling, first draw: a key for every place of both grids, for a draw weighted by certainty. Reference:
// src/compute/sample-matches/cpu.ts.

#import "../common/dispatch.wgsl"
#import "../common/match-row.wgsl"
#import "../common/random.wgsl"

struct Params {
  gridA: vec2u,
  gridB: vec2u,
  seed: u32,
  threshold: f32,
  cycleLimit: f32,  // 0 = none
  certaintyCap: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> certaintyA: array<f32>;
@group(0) @binding(2) var<storage, read> certaintyB: array<f32>;
@group(0) @binding(3) var<storage, read> cycleA: array<f32>;
@group(0) @binding(4) var<storage, read> cycleB: array<f32>;
@group(0) @binding(5) var<storage, read_write> keys: array<u32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let pointsA = params.gridA.x * params.gridA.y;
  let pointsB = params.gridB.x * params.gridB.y;
  let i = linearIndex(id, workgroups);
  if (i >= pointsA + pointsB) {
    return;
  }
  var certainty: f32;
  var cycle: f32;
  if (i < pointsA) {
    certainty = certaintyA[i];
    cycle = cycleA[i];
  } else {
    certainty = certaintyB[i - pointsA];
    cycle = cycleB[i - pointsA];
  }
  let isConsistent = params.cycleLimit <= 0.0 || cycle <= params.cycleLimit;
  if (certainty > 0.0 && certainty >= params.threshold && isConsistent) {
    let weight = select(certainty, 1.0, certainty > params.certaintyCap);
    keys[i] = bitcast<u32>(exponential(i, params.seed) / weight);
  } else {
    keys[i] = NO_KEY;
  }
}
