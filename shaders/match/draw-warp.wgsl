// The pane's photo rebuilt from the other one's pixels, weighted by certainty.

#import "../common/field.wgsl"
#import "../common/pane.wgsl"

@fragment
fn drawWarp(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let landing = readWarp(unit);
  let value = readCertainty(unit);
  return onStage(mix(pane.empty.rgb, readThere(landing), value * isKnown(value, landing)), unit);
}
