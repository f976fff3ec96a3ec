// The accumulated picture on a canvas, scaled, its ground behind it.

#import "../common/cover.wgsl"

struct Params {
  // Where the picture lies, pixels of the canvas: x, y, width, height.
  rect: vec4f,
  // Behind the splats, and around the picture.
  background: vec4f,
  ground: vec4f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var pictureSampler: sampler;
// Premultiplied.
@group(0) @binding(2) var picture: texture_2d<f32>;

@fragment
fn show(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = (position.xy - params.rect.xy) / params.rect.zw;
  let splats = textureSampleLevel(picture, pictureSampler, unit, 0.0);
  let colour = clamp(splats.rgb + (1.0 - splats.a) * params.background.rgb, vec3f(0.0), vec3f(1.0));
  let inside = all(unit >= vec2f(0.0)) && all(unit <= vec2f(1.0));
  return vec4f(select(params.ground.rgb, colour, inside), 1.0);
}
