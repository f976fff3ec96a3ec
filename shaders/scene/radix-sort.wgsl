// One pass of an LSD radix sort by a digit of four bits: digits are counted by block, the counts' prefix sums
// (prefix-sum.wgsl) say where each block's begin, and every key goes there in its old order, so that the sort is stable.
// Blocks beyond the count have nothing to do but to write their zeros.

const THREADS = 256u;
const ITEMS = BLOCK / THREADS;

struct Params {
  shift: u32,
  // Blocks of the buffers.
  blocks: u32,
  // Which entry of `counts` has the number of keys.
  slot: u32,
  // Keys of the buffers.
  capacity: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> keysIn: array<u32>;
@group(0) @binding(3) var<storage, read> valuesIn: array<u32>;
@group(0) @binding(4) var<storage, read_write> keysOut: array<u32>;
@group(0) @binding(5) var<storage, read_write> valuesOut: array<u32>;
// [DIGITS, blocks]
@group(0) @binding(6) var<storage, read_write> digits: array<u32>;

var<workgroup> tally: array<atomic<u32>, 16>;
// [DIGITS / 2, THREADS] two digits' numbers of keys in a word; a block has fewer than 65,536.
var<workgroup> ranks: array<u32, 2048>;
var<workgroup> partial: array<u32, 256>;

fn blockOf(place: vec3u, groups: vec3u) -> u32 {
  return place.y * groups.x + place.x;
}

fn keyCount() -> u32 {
  return min(counts[params.slot], params.capacity);
}

@compute @workgroup_size(THREADS)
fn countDigits(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let b = blockOf(place, groups);
  let count = keyCount();
  if (thread < DIGITS) {
    atomicStore(&tally[thread], 0u);
  }
  workgroupBarrier();
  for (var j = 0u; j < ITEMS; j++) {
    let i = b * BLOCK + j * THREADS + thread;
    if (i < count) {
      atomicAdd(&tally[(keysIn[i] >> params.shift) & 15u], 1u);
    }
  }
  workgroupBarrier();
  if (thread < DIGITS && b < params.blocks) {
    digits[thread * params.blocks + b] = atomicLoad(&tally[thread]);
  }
}

@compute @workgroup_size(THREADS)
fn scatter(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let b = blockOf(place, groups);
  let count = keyCount();
  // Neighbouring keys belong to one thread, so that threads in order are keys in order.
  let first = b * BLOCK + thread * ITEMS;
  for (var w = 0u; w < DIGITS / 2u; w++) {
    ranks[w * THREADS + thread] = 0u;
  }
  for (var j = 0u; j < ITEMS; j++) {
    if (first + j < count) {
      let digit = (keysIn[first + j] >> params.shift) & 15u;
      ranks[(digit >> 1u) * THREADS + thread] += 1u << (16u * (digit & 1u));
    }
  }
  workgroupBarrier();
  // Prefix sums of each word's row over the threads: eight entries a thread, 32 threads a row.
  let begin = thread * 8u;
  var sum = 0u;
  for (var j = 0u; j < 8u; j++) {
    sum += ranks[begin + j];
  }
  partial[thread] = sum;
  workgroupBarrier();
  let lane = thread & 31u;
  for (var step = 1u; step < 32u; step *= 2u) {
    var below = 0u;
    if (lane >= step) {
      below = partial[thread - step];
    }
    workgroupBarrier();
    partial[thread] += below;
    workgroupBarrier();
  }
  var running = partial[thread] - sum;
  for (var j = 0u; j < 8u; j++) {
    let value = ranks[begin + j];
    ranks[begin + j] = running;
    running += value;
  }
  workgroupBarrier();
  for (var j = 0u; j < ITEMS; j++) {
    if (first + j < count) {
      let key = keysIn[first + j];
      let digit = (key >> params.shift) & 15u;
      let at = (digit >> 1u) * THREADS + thread;
      let half = 16u * (digit & 1u);
      let rank = (ranks[at] >> half) & 0xffffu;
      ranks[at] += 1u << half;
      let goal = digits[digit * params.blocks + b] + rank;
      keysOut[goal] = key;
      valuesOut[goal] = valuesIn[first + j];
    }
  }
}
