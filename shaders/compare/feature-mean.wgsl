// Mean of every channel over all places of several maps, one map after the other. Reference: featureMean in
// src/pages/compare/passes/feature-covariance/cpu.ts.

#import "../common/dispatch.wgsl"
#import "feature-map.wgsl"

@group(0) @binding(2) var<storage, read_write> mean: array<f32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let channel = linearIndex(id, workgroups);
  if (channel >= params.channels) {
    return;
  }
  var sum = 0.0;
  for (var point = 0u; point < params.points; point++) {
    sum += features[point * params.channels + channel];
  }
  let before = select(mean[channel], 0.0, params.isFirst != 0u);
  mean[channel] = before + sum / f32(params.count);
}
