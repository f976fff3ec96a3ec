// The scene of both photos from a place between them; hatching where neither shows anything.
// Twin: src/pages/match/views/fly/cpu.ts.

#import "../common/pane.wgsl"

// Premultiplied.
@group(1) @binding(0) var picture: texture_2d<f32>;

@fragment
fn drawFly(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let splats = textureSampleLevel(picture, photoSampler, unit, 0.0);
  let color = clamp(splats.rgb / max(splats.a, 1e-3), vec3f(0.0), vec3f(1.0));
  return onStage(mix(unknownColor(position.xy), color, smoothstep(HOLE_BELOW, HOLE_ABOVE, splats.a)), unit);
}
