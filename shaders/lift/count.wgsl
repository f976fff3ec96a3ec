// How many pixels the view's mesh covers, and how many of the photo's are visible. Integers only, so that the order of
// the atomics does not matter.

struct Params {
  points: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> depth: array<f32>;
@group(0) @binding(2) var<storage, read> visible: array<u32>;
@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>, 2>;


var<workgroup> coveredHere: atomic<u32>;
var<workgroup> visibleHere: atomic<u32>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  var found = vec2u(0u);
  for (var i = group.x * LINEAR_WORKGROUP + local; i < params.points; i += groups.x * LINEAR_WORKGROUP) {
    found += vec2u(u32(depth[i] > 0.0), visible[i]);
  }
  atomicAdd(&coveredHere, found.x);
  atomicAdd(&visibleHere, found.y);
  workgroupBarrier();
  if (local == 0u) {
    atomicAdd(&counts[0], atomicLoad(&coveredHere));
    atomicAdd(&counts[1], atomicLoad(&visibleHere));
  }
}
