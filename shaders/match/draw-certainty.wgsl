// Certainty as a heat map over the photo.

#import "../common/field.wgsl"
#import "../common/heat.wgsl"
#import "../common/pane.wgsl"

@fragment
fn drawCertainty(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let value = readCertainty(unit);
  return onStage(heatOverPhoto(unit, value, aboveThreshold(value)), unit);
}
