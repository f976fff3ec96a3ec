// Sampling: the rows that remain after both draws, and how many there are to draw.

#import "../common/dispatch.wgsl"
#import "../common/match-row.wgsl"

struct Params {
  vertexCount: u32,  // of one instance
}

// Arguments of drawIndirect.
struct Indirect {
  vertexCount: u32,
  instanceCount: u32,
  firstVertex: u32,
  firstInstance: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> selection: Selection;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> drawn: array<MatchRow>;
@group(0) @binding(4) var<storage, read_write> rows: array<MatchRow>;
@group(0) @binding(5) var<storage, read_write> indirect: Indirect;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let n = linearIndex(id, workgroups);
  if (n == 0u) {
    indirect = Indirect(params.vertexCount, selection.total, 0u, 0u);
  }
  if (n < selection.total) {
    rows[n] = drawn[indices[n]];
  }
}
