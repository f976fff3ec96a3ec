// Sampling, second draw: a key for every row drawn, for a draw that thins out what is crowded. Reference:
// src/compute/sample-matches/cpu.ts.

#import "../common/dispatch.wgsl"
#import "../common/match-row.wgsl"
#import "../common/random.wgsl"

struct Params {
  capacity: u32,  // of the drawn list, whose length only the GPU knows
  seed: u32,
  densitySamples: u32,
  densityScale: f32,
  sharpness: f32,  // 1 / (2σ²)
  reach: f32,
  loneDensity: f32,
  loneWeight: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> selection: Selection;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> drawn: array<MatchRow>;
@group(0) @binding(4) var<storage, read_write> keys: array<u32>;

// Places of one round of the set that the density is estimated against.
var<workgroup> tile: array<vec4f, LINEAR_WORKGROUP>;

fn sampleAt(n: u32, samples: u32) -> u32 {
  return n * selection.total / samples;
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = linearIndex(id, workgroups);
  let total = selection.total;
  let samples = min(total, params.densitySamples);
  var own = vec4f(0.0);
  if (n < total) {
    own = drawn[n].places;
  }
  var sum = 0.0;
  for (var first = 0u; first < samples; first += LINEAR_WORKGROUP) {
    if (first + local < samples) {
      tile[local] = drawn[sampleAt(first + local, samples)].places;
    }
    workgroupBarrier();
    let count = min(LINEAR_WORKGROUP, samples - first);
    for (var i = 0u; i < count; i++) {
      let apart = own - tile[i];
      let squared = dot(apart, apart);
      if (squared < params.reach && sampleAt(first + i, samples) != n) {
        sum += exp(-squared * params.sharpness);
      }
    }
    workgroupBarrier();
  }
  if (n >= params.capacity) {
    return;
  }
  if (n >= total) {
    keys[n] = NO_KEY;
    return;
  }
  let density = 1.0 + sum * params.densityScale / f32(samples);
  let weight = select(1.0 / (density + 1.0), params.loneWeight, density < params.loneDensity);
  keys[n] = bitcast<u32>(exponential(indices[n], params.seed) / weight);
}
