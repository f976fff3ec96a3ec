// Certainty as a heat map over the photo. Needs common/field.wgsl and common/heat.wgsl.

@fragment
fn drawCertainty(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let value = readCertainty(unit);
  return onStage(heatOverPhoto(unit, value, aboveThreshold(value)), unit);
}
