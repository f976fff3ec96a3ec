// Indices, ascending, of the `wanted` smallest of a list of 32-bit keys. Reference:
// src/compute/select-smallest/cpu.ts. Radix select from the highest digit (histogram and pick, four times), then
// compaction by prefix sums (countBlocks, scanBlocks, scatter): no float and no order of atomics has a say, so
// the answer is always the same.

struct Params {
  length: u32,
  wanted: u32,
  blocks: u32,
}

// All zero before the first dispatch.
struct State {
  round: u32,
  limit: u32,  // digits found so far of the wanted-th smallest key
  below: u32,  // keys known to be smaller
  total: u32,  // selected
  histogram: array<atomic<u32>, 256>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> state: State;
@group(0) @binding(2) var<storage, read> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> blocks: array<u32>;
@group(0) @binding(4) var<storage, read_write> indices: array<u32>;

var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> sums: array<u32, 256>;

// Sum of the values of this and all earlier invocations.
fn inclusiveScan(local: u32, value: u32) -> u32 {
  var sum = value;
  sums[local] = sum;
  workgroupBarrier();
  for (var reach = 1u; reach < WORKGROUP; reach *= 2u) {
    if (local >= reach) {
      sum += sums[local - reach];
    }
    workgroupBarrier();
    sums[local] = sum;
    workgroupBarrier();
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP)
fn histogram(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let shift = 24u - 8u * state.round;
  let end = min(params.length, (group.x + 1u) * BLOCK);
  for (var i = group.x * BLOCK + local; i < end; i += WORKGROUP) {
    // Two shifts: one by 32, as the first round would need, is no shift at all.
    if ((((keys[i] ^ state.limit) >> shift) >> 8u) == 0u) {
      atomicAdd(&bins[(keys[i] >> shift) & 255u], 1u);
    }
  }
  workgroupBarrier();
  let count = atomicLoad(&bins[local]);
  if (count > 0u) {
    atomicAdd(&state.histogram[local], count);
  }
}

@compute @workgroup_size(WORKGROUP)
fn pick(@builtin(local_invocation_index) local: u32) {
  let count = atomicLoad(&state.histogram[local]);
  let round = state.round;
  let below = state.below;
  let upTo = below + inclusiveScan(local, count);
  storageBarrier();
  // Beyond the last key the highest digit is taken, which ends in NO_KEY: everything is selected.
  if (upTo - count < params.wanted && (upTo >= params.wanted || local == 255u)) {
    state.limit |= local << (24u - 8u * round);
    state.below = upTo - count;
    state.round = round + 1u;
  }
  atomicStore(&state.histogram[local], 0u);
}

fn isSelected(i: u32) -> bool {
  return i < params.length && keys[i] <= state.limit && keys[i] != NO_KEY;
}

fn countSelected(first: u32) -> u32 {
  var count = 0u;
  for (var i = first; i < first + ITEMS; i++) {
    count += select(0u, 1u, isSelected(i));
  }
  return count;
}

@compute @workgroup_size(WORKGROUP)
fn countBlocks(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  atomicAdd(&bins[0], countSelected(group.x * BLOCK + local * ITEMS));
  workgroupBarrier();
  if (local == 0u) {
    blocks[group.x] = atomicLoad(&bins[0]);
  }
}

// Turns the blocks' counts into where each begins.
@compute @workgroup_size(WORKGROUP)
fn scanBlocks(@builtin(local_invocation_index) local: u32) {
  var before = 0u;
  for (var first = 0u; first < params.blocks; first += WORKGROUP) {
    let n = first + local;
    var count = 0u;
    if (n < params.blocks) {
      count = blocks[n];
    }
    let upTo = inclusiveScan(local, count);
    if (n < params.blocks) {
      blocks[n] = before + upTo - count;
    }
    before += sums[WORKGROUP - 1u];
    workgroupBarrier();
  }
  if (local == 0u) {
    // Equal keys at the limit may be more than are wanted.
    state.total = min(before, params.wanted);
  }
}

@compute @workgroup_size(WORKGROUP)
fn scatter(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let first = group.x * BLOCK + local * ITEMS;
  let count = countSelected(first);
  var place = blocks[group.x] + inclusiveScan(local, count) - count;
  for (var i = first; i < first + ITEMS; i++) {
    if (isSelected(i)) {
      if (place < params.wanted) {
        indices[place] = i;
      }
      place += 1u;
    }
  }
}
