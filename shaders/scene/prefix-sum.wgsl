// Exclusive prefix sums in three steps: the sum of every block, the sums' own prefix sums by one workgroup that walks
// them, and the blocks' entries from there. No workgroup ever waits for another, which WebGPU gives no promise about.

const THREADS = 256u;
const ITEMS = BLOCK / THREADS;

struct Params {
  // Entries of `values` in `reduce` and `apply`, of `sums` in `scan`.
  length: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> values: array<u32>;
@group(0) @binding(2) var<storage, read_write> sums: array<u32>;
// Of all entries.
@group(0) @binding(3) var<storage, read_write> total: array<u32>;

var<workgroup> partial: array<u32, 256>;

// Exclusive prefix sum of one number of each thread; the sum of all of them is left in partial[255].
fn prefixOf(value: u32, thread: u32) -> u32 {
  partial[thread] = value;
  workgroupBarrier();
  for (var step = 1u; step < THREADS; step *= 2u) {
    var below = 0u;
    if (thread >= step) {
      below = partial[thread - step];
    }
    workgroupBarrier();
    partial[thread] += below;
    workgroupBarrier();
  }
  return partial[thread] - value;
}

@compute @workgroup_size(THREADS)
fn reduce(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let b = place.y * groups.x + place.x;
  var sum = 0u;
  for (var j = 0u; j < ITEMS; j++) {
    let i = b * BLOCK + j * THREADS + thread;
    if (i < params.length) {
      sum += values[i];
    }
  }
  let before = prefixOf(sum, thread);
  if (thread == THREADS - 1u && b < arrayLength(&sums)) {
    sums[b] = before + sum;
  }
}

// `sums` in place, whatever their number.
@compute @workgroup_size(THREADS)
fn scan(@builtin(local_invocation_index) thread: u32) {
  var carry = 0u;
  for (var start = 0u; start < params.length; start += BLOCK) {
    let first = start + thread * ITEMS;
    var sum = 0u;
    for (var j = 0u; j < ITEMS; j++) {
      if (first + j < params.length) {
        sum += sums[first + j];
      }
    }
    var running = carry + prefixOf(sum, thread);
    let all = partial[THREADS - 1u];
    for (var j = 0u; j < ITEMS; j++) {
      if (first + j < params.length) {
        let value = sums[first + j];
        sums[first + j] = running;
        running += value;
      }
    }
    carry += all;
    workgroupBarrier();
  }
  if (thread == 0u) {
    total[0] = carry;
  }
}

// `values` in place, from the blocks' sums.
@compute @workgroup_size(THREADS)
fn apply(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let b = place.y * groups.x + place.x;
  let first = b * BLOCK + thread * ITEMS;
  var sum = 0u;
  for (var j = 0u; j < ITEMS; j++) {
    if (first + j < params.length) {
      sum += values[first + j];
    }
  }
  var running = prefixOf(sum, thread);
  if (b < arrayLength(&sums)) {
    running += sums[b];
  }
  for (var j = 0u; j < ITEMS; j++) {
    if (first + j < params.length) {
      let value = values[first + j];
      values[first + j] = running;
      running += value;
    }
  }
}
