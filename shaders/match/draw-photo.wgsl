// The pane's photo, greyer and nearer the stage's background where it is `muted`.

#import "../common/pane.wgsl"
#import "../common/photo.wgsl"

@fragment
fn drawPhoto(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let photo = readHere(unit);
  let quiet = mix(mix(photo, vec3f(luminance(photo)), 0.7), pane.ground.rgb, 0.3);
  return onStage(mix(photo, quiet, pane.muted), unit);
}
