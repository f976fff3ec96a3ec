// A match measured against the truth: error map, counts and histograms. Reference: src/pages/lift/passes/score/cpu.ts.
// Integers are counted with atomics; the curve's errors are summed by workgroup, so that the bits never change.

#import "../common/coordinates.wgsl"
#import "../common/sampling.wgsl"

struct Params {
  size: vec2u,
  grid: vec2u,
  scale: vec2f,  // pixels of the measured picture per normalised unit
  thresholds: vec4f,
  groups: u32,
}

// src/pages/lift/passes/score/gpu.ts reads this.
struct Counters {
  visible: atomic<u32>,
  hidden: atomic<u32>,
  within: array<atomic<u32>, THRESHOLDS>,
  curvePlaces: array<atomic<u32>, CURVE_BINS>,
  errors: array<atomic<u32>, ERROR_BINS>,
  visibleCertainty: array<atomic<u32>, CERTAINTY_BINS>,
  hiddenCertainty: array<atomic<u32>, CERTAINTY_BINS>,
  curveErrors: array<f32>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> warp: array<f32>;
@group(0) @binding(2) var<storage, read> certainty: array<f32>;
@group(0) @binding(3) var<storage, read> trueWarp: array<f32>;
@group(0) @binding(4) var<storage, read> places: array<u32>;
@group(0) @binding(5) var<storage, read_write> error: array<f32>;
@group(0) @binding(6) var<storage, read_write> counters: Counters;

var<workgroup> sums: array<f32, LINEAR_WORKGROUP * CURVE_BINS>;

fn readTaps(taps: Taps, plane: u32) -> f32 {
  let i = taps.index + plane * params.grid.x * params.grid.y;
  return dot(vec4f(warp[i.x], warp[i.y], warp[i.z], warp[i.w]), taps.weight);
}

fn errorBin(value: f32) -> u32 {
  let bin = floor(ERROR_BINS_PER_OCTAVE * log2(max(value, 1e-6) / LOWEST_ERROR));
  return u32(clamp(bin, 0.0, f32(ERROR_BINS - 1u)));
}

fn certaintyBin(value: f32) -> u32 {
  let bounded = clamp(value, 1e-7, 1.0 - 1e-7);
  let logit = log(bounded / (1.0 - bounded));
  let bin = floor((logit + CERTAINTY_LIMIT) / (2.0 * CERTAINTY_LIMIT) * f32(CERTAINTY_BINS));
  return u32(clamp(bin, 0.0, f32(CERTAINTY_BINS - 1u)));
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let points = params.size.x * params.size.y;
  var curve = array<f32, CURVE_BINS>();
  for (var i = group.x * LINEAR_WORKGROUP + local; i < points; i += params.groups * LINEAR_WORKGROUP) {
    error[i] = NO_ERROR;
    let place = places[i];
    if (place != VISIBLE && place != HIDDEN) {
      continue;
    }
    let centre = centreOf(vec2u(i % params.size.x, i / params.size.x), params.size);
    let taps = bilinearTaps(centre, params.grid);
    let k = taps.index;
    let sure = dot(vec4f(certainty[k.x], certainty[k.y], certainty[k.z], certainty[k.w]), taps.weight);
    if (place == HIDDEN) {
      atomicAdd(&counters.hidden, 1u);
      atomicAdd(&counters.hiddenCertainty[certaintyBin(sure)], 1u);
      continue;
    }
    let warpTaps = continuedTaps(centre, params.grid);
    let found = vec2f(readTaps(warpTaps, 0u), readTaps(warpTaps, 1u));
    let distance = length(params.scale * (found - vec2f(trueWarp[i], trueWarp[points + i])));
    let e = select(MAX_ERROR, distance, distance < MAX_ERROR);
    error[i] = e;
    atomicAdd(&counters.visible, 1u);
    atomicAdd(&counters.visibleCertainty[certaintyBin(sure)], 1u);
    atomicAdd(&counters.errors[errorBin(e)], 1u);
    for (var t = 0u; t < 4u; t++) {
      if (e <= params.thresholds[t]) {
        atomicAdd(&counters.within[t], 1u);
      }
    }
    let bin = min(u32(max(sure, 0.0) * f32(CURVE_BINS)), CURVE_BINS - 1u);
    atomicAdd(&counters.curvePlaces[bin], 1u);
    curve[bin] += e;
  }
  for (var bin = 0u; bin < CURVE_BINS; bin++) {
    sums[bin * LINEAR_WORKGROUP + local] = curve[bin];
  }
  workgroupBarrier();
  if (local < CURVE_BINS) {
    var sum = 0.0;
    for (var k = 0u; k < LINEAR_WORKGROUP; k++) {
      sum += sums[local * LINEAR_WORKGROUP + k];
    }
    counters.curveErrors[group.x * CURVE_BINS + local] = sum;
  }
}
