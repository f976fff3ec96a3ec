// A painted picture on a pane: all of it, in the middle, with the pane's ground around it.

#import "../common/cover.wgsl"

struct Params {
  // Where the picture lies, pixels of the pane: x, y, width, height.
  rect: vec4f,
  ground: vec4f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var pictureSampler: sampler;
@group(0) @binding(2) var picture: texture_2d<f32>;

@fragment
fn show(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = (position.xy - params.rect.xy) / params.rect.zw;
  let color = textureSampleLevel(picture, pictureSampler, unit, 0.0).rgb;
  // The picture's edges are anti-aliased.
  let inside = clamp(min(unit, 1.0 - unit) * params.rect.zw + 0.5, vec2f(0.0), vec2f(1.0));
  return vec4f(mix(params.ground.rgb, color, inside.x * inside.y), 1.0);
}
