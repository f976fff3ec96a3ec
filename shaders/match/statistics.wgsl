// Counters over one direction of a match. Reference: src/compute/statistics/cpu.ts.
// Integers are counted with atomics; the sum of certainty goes through one partial sum per workgroup, added up
// in a fixed order by a second dispatch, so that the same field always gives the same bits.


struct Params {
  side: u32,
  points: u32,
  partials: u32,  // workgroups of the first dispatch
  threshold: f32,
  cycleLimit: f32,
}

struct Counters {
  points: u32,
  certaintySum: f32,
  certain: atomic<u32>,
  consistent: atomic<u32>,
  broken: atomic<u32>,  // places whose warp or certainty is no number
  histogram: array<atomic<u32>, BINS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> counters: array<Counters, 2>;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;
@group(0) @binding(3) var<storage, read> certainty: array<f32>;
@group(0) @binding(4) var<storage, read> cycle: array<f32>;
@group(0) @binding(5) var<storage, read> warp: array<f32>;

var<workgroup> sums: array<f32, LINEAR_WORKGROUP>;
var<workgroup> certain: atomic<u32>;
var<workgroup> consistent: atomic<u32>;
var<workgroup> broken: atomic<u32>;
var<workgroup> histogram: array<atomic<u32>, BINS>;

fn binOf(error: f32) -> u32 {
  let bin = floor(BINS_PER_OCTAVE * log2(max(error, 1e-6) / LOWEST));
  return u32(clamp(bin, 0.0, f32(BINS - 1u)));
}

// By its bits: compilers take for granted that a comparison with NaN never happens.
fn isNoNumber(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u;
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn count(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
) {
  var sum = 0.0;
  let stride = params.partials * LINEAR_WORKGROUP;
  for (var i = group.x * LINEAR_WORKGROUP + local; i < params.points; i += stride) {
    sum += certainty[i];
    if (isNoNumber(certainty[i]) || isNoNumber(warp[i]) || isNoNumber(warp[params.points + i])) {
      atomicAdd(&broken, 1u);
    }
    if (certainty[i] >= params.threshold) {
      atomicAdd(&certain, 1u);
      if (cycle[i] <= params.cycleLimit) {
        atomicAdd(&consistent, 1u);
      }
      atomicAdd(&histogram[binOf(cycle[i])], 1u);
    }
  }
  let total = workgroupSum(local, sum);
  let side = params.side;
  if (local == 0u) {
    partials[group.x] = total;
    atomicAdd(&counters[side].certain, atomicLoad(&certain));
    atomicAdd(&counters[side].consistent, atomicLoad(&consistent));
    atomicAdd(&counters[side].broken, atomicLoad(&broken));
  }
  for (var bin = local; bin < BINS; bin += LINEAR_WORKGROUP) {
    atomicAdd(&counters[side].histogram[bin], atomicLoad(&histogram[bin]));
  }
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn total(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  for (var i = local; i < params.partials; i += LINEAR_WORKGROUP) {
    sum += partials[i];
  }
  let whole = workgroupSum(local, sum);
  if (local == 0u) {
    counters[params.side].certaintySum = whole;
    counters[params.side].points = params.points;
  }
}

// Sum over the workgroup, by halves. Also orders the atomics above before what is read after it.
fn workgroupSum(local: u32, value: f32) -> f32 {
  sums[local] = value;
  for (var half = LINEAR_WORKGROUP / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      sums[local] += sums[local + half];
    }
  }
  workgroupBarrier();
  return sums[0];
}
