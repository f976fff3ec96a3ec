// Scores of every place along a few directions about the mean. Reference:
// src/pages/compare/passes/feature-projection/cpu.ts.

#import "../common/dispatch.wgsl"

struct Params {
  channels: u32,
  points: u32,
  components: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> features: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> basis: array<f32>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(id, workgroups);
  if (index >= params.points * params.components) {
    return;
  }
  let point = index / params.components;
  let component = index % params.components;
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    sum += (features[point * params.channels + c] - mean[c]) * basis[component * params.channels + c];
  }
  scores[index] = sum;
}
