// How many splats of a sorted list are drawn: where the keys change to the last of all.

#import "../common/dispatch.wgsl"

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> keys: array<u32>;
// Of a draw: vertices, instances, first vertex, first instance.
@group(0) @binding(2) var<storage, read_write> draw: array<u32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups);
  if (i > params.count) {
    return;
  }
  var isDrawn = false;
  if (i < params.count) {
    isDrawn = keys[i] != LAST_KEY;
  }
  var isDrawnBefore = true;
  if (i > 0u) {
    isDrawnBefore = keys[i - 1u] != LAST_KEY;
  }
  if (isDrawnBefore && !isDrawn) {
    draw[0] = 4u;
    draw[1] = i;
    draw[2] = 0u;
    draw[3] = 0u;
  }
}
