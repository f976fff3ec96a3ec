// Displacement to the matched place, in the colours of common/flow-wheel.wgsl.

#import "../common/field.wgsl"
#import "../common/flow-wheel.wgsl"
#import "../common/pane.wgsl"

@fragment
fn drawFlow(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let flow = (readWarp(unit).unit - unit) * pane.photo;
  let fullScale = pane.flowScale * max(pane.photo.x, pane.photo.y);
  let color = flowColor(flow / max(fullScale, 1e-6));
  return onStage(mix(unknownColor(position.xy), color, aboveThreshold(readCertainty(unit))), unit);
}
