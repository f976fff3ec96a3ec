// Sigmoid of the logit, 0 where the warp leaves the other photo. Reference: src/compute/certainty/cpu.ts.

#import "../common/coordinates.wgsl"
#import "../common/dispatch.wgsl"

override LOGIT_LIMIT: f32;

@group(0) @binding(0) var<storage, read> warp: array<f32>;
@group(0) @binding(1) var<storage, read> logit: array<f32>;
@group(0) @binding(2) var<storage, read_write> certainty: array<f32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let points = arrayLength(&logit);
  let i = linearIndex(id, workgroups);
  if (i >= points) {
    return;
  }
  let probability = 1.0 / (1.0 + exp(-clamp(logit[i], -LOGIT_LIMIT, LOGIT_LIMIT)));
  certainty[i] = select(0.0, probability, isInside(vec2f(warp[i], warp[points + i])));
}
