// Min-max normalisation and clamping of a disparity map. Reference: src/pages/lift/passes/prepare-disparity/cpu.ts.
// Smallest and largest value are found by one partial result per workgroup and a second dispatch over these.

#import "../common/dispatch.wgsl"

override FLOOR: f32;


struct Params {
  points: u32,
  partials: u32,  // workgroups of the first dispatch
  clip: vec2f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> disparity: array<f32>;
@group(0) @binding(2) var<storage, read_write> ranges: array<vec2f>;

var<workgroup> lows: array<f32, LINEAR_WORKGROUP>;
var<workgroup> highs: array<f32, LINEAR_WORKGROUP>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn partial(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  var range = vec2f(disparity[0], disparity[0]);
  for (var i = group.x * LINEAR_WORKGROUP + local; i < params.points; i += params.partials * LINEAR_WORKGROUP) {
    range = vec2f(min(range.x, disparity[i]), max(range.y, disparity[i]));
  }
  let whole = workgroupRange(local, range);
  if (local == 0u) {
    ranges[1u + group.x] = whole;
  }
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn total(@builtin(local_invocation_index) local: u32) {
  var range = ranges[1];
  for (var i = local; i < params.partials; i += LINEAR_WORKGROUP) {
    range = vec2f(min(range.x, ranges[1u + i].x), max(range.y, ranges[1u + i].y));
  }
  let whole = workgroupRange(local, range);
  if (local == 0u) {
    ranges[0] = whole;
  }
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn normalise(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linearIndex(id, workgroups);
  if (i >= params.points) {
    return;
  }
  let low = ranges[0].x;
  let range = ranges[0].y - low;
  var normalised = 0.5;
  if (range > 0.0) {
    normalised = (disparity[i] - low) / range;
  }
  disparity[i] = min(max(normalised, params.clip.x), params.clip.y) + FLOOR;
}

fn workgroupRange(local: u32, range: vec2f) -> vec2f {
  lows[local] = range.x;
  highs[local] = range.y;
  for (var half = LINEAR_WORKGROUP / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      lows[local] = min(lows[local], lows[local + half]);
      highs[local] = max(highs[local], highs[local + half]);
    }
  }
  workgroupBarrier();
  return vec2f(lows[0], highs[0]);
}
