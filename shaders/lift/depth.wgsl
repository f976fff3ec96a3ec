// Normalised disparity to depth, 0 in the sky and where there is none. Reference: src/pages/lift/passes/depth/cpu.ts.

#import "../common/dispatch.wgsl"

struct Params {
  scale: f32,
  shift: f32,
  near: f32,
  far: f32,
  skyThreshold: f32,
  hasSky: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> disparity: array<f32>;
// Any other map where there is no sky.
@group(0) @binding(2) var<storage, read> sky: array<f32>;
@group(0) @binding(3) var<storage, read_write> depth: array<f32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linearIndex(id, workgroups);
  if (i >= arrayLength(&disparity)) {
    return;
  }
  let isSky = params.hasSky != 0u && sky[i] > params.skyThreshold;
  if (isSky || !(disparity[i] > 0.0)) {
    depth[i] = 0.0;
    return;
  }
  let inverse = params.scale * disparity[i] + params.shift;
  depth[i] = clamp(1.0 / max(inverse, 1e-20), params.near, params.far);
}
