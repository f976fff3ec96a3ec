// Takes a frame of B out of a decoded match. Reference: src/pages/match/views/frame/cpu.ts.

#import "../common/coordinates.wgsl"
#import "../common/sampling.wgsl"

struct Params {
  // Rows of the homography. Forward: frame → photo B. Backward: photo B → frame.
  row0: vec3f,
  row1: vec3f,
  row2: vec3f,
  // Grid that is read, and grid that is written (the same for forward).
  source: vec2u,
  grid: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> warpIn: array<f32>;
@group(0) @binding(2) var<storage, read> logitIn: array<f32>;
@group(0) @binding(3) var<storage, read_write> warpOut: array<f32>;
@group(0) @binding(4) var<storage, read_write> logitOut: array<f32>;

// What a place outside the frame is given: no certainty at all.

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn forward(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.grid)) {
    return;
  }
  let points = params.grid.x * params.grid.y;
  let k = id.y * params.grid.x + id.x;
  let p = vec3f(warpIn[k], warpIn[points + k], 1.0);
  let w = max(dot(params.row2, p), 1e-6);
  warpOut[k] = dot(params.row0, p) / w;
  warpOut[points + k] = dot(params.row1, p) / w;
  logitOut[k] = logitIn[k];
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn backward(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.grid)) {
    return;
  }
  let points = params.grid.x * params.grid.y;
  let sourcePoints = params.source.x * params.source.y;
  let k = id.y * params.grid.x + id.x;
  let p = vec3f(centreOf(id.xy, params.grid), 1.0);
  let w = dot(params.row2, p);
  var place = vec2f(2.0);
  if (w > 1e-6) {
    place = vec2f(dot(params.row0, p), dot(params.row1, p)) / w;
  }
  let warpTaps = continuedTaps(place, params.source);
  let p0 = warpTaps.index;
  let p1 = p0 + sourcePoints;
  warpOut[k] = dot(vec4f(warpIn[p0.x], warpIn[p0.y], warpIn[p0.z], warpIn[p0.w]), warpTaps.weight);
  warpOut[points + k] = dot(vec4f(warpIn[p1.x], warpIn[p1.y], warpIn[p1.z], warpIn[p1.w]), warpTaps.weight);
  let taps = bilinearTaps(place, params.source);
  let i = taps.index;
  let logit = dot(vec4f(logitIn[i.x], logitIn[i.y], logitIn[i.z], logitIn[i.w]), taps.weight);
  logitOut[k] = select(NO_LOGIT, logit, isInside(place));
}
