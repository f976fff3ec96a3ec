// Of the passes over a list. LINEAR_WORKGROUP is named by TypeScript: src/platform/gpu/dispatch.ts.

// Place in the list of an invocation of a list pass, whose workgroups may be folded into two dimensions.
fn linearIndex(id: vec3u, workgroups: vec3u) -> u32 {
  return id.y * workgroups.x * LINEAR_WORKGROUP + id.x;
}
