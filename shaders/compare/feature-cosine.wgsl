// Cosine of every vector with one query, which comes with its own reciprocal length. Reference: cosines in
// src/pages/compare/passes/feature-vectors/cpu.ts.

#import "../common/dispatch.wgsl"

struct Params {
  channels: u32,
  vectors: u32,
  queryScale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> vectors: array<f32>;
@group(0) @binding(2) var<storage, read> vectorScales: array<f32>;
@group(0) @binding(3) var<storage, read> query: array<f32>;
@group(0) @binding(4) var<storage, read_write> cosine: array<f32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vector = linearIndex(id, workgroups);
  if (vector >= params.vectors) {
    return;
  }
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    sum += vectors[vector * params.channels + c] * query[c];
  }
  cosine[vector] = sum * vectorScales[vector] * params.queryScale;
}
