// The pane's photo as it is. Needs common/pane.wgsl and common/photo.wgsl.

@fragment
fn drawPhoto(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  return onStage(readHere(unit), unit);
}
