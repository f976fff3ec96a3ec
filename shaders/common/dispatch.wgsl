// Workgroup of the passes over a list; src/platform/gpu/dispatch.ts holds the same number.
const LINEAR_WORKGROUP: u32 = 64u;

// Place in the list of an invocation of a list pass, whose workgroups may be folded into two dimensions.
fn linearIndex(id: vec3u, workgroups: vec3u) -> u32 {
  return id.y * workgroups.x * LINEAR_WORKGROUP + id.x;
}
