// Distance after going to the other photo and back, as a heat map where the match is certain enough.

#import "../common/field.wgsl"
#import "../common/heat.wgsl"
#import "../common/pane.wgsl"

@fragment
fn drawCycle(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let fullScale = pane.cycleScale * max(pane.photo.x, pane.photo.y);
  let shown = aboveThreshold(readCertainty(unit));
  return onStage(heatOverPhoto(unit, readCycle(unit) / max(fullScale, 1e-6), shown), unit);
}
