// The two photos of a pane, with mip levels: `here` is the one that the pane lies on.

#import "pane.wgsl"

@group(1) @binding(0) var photoHere: texture_2d<f32>;
@group(1) @binding(1) var photoThere: texture_2d<f32>;

// Trilinear filtering blurs half-way between two levels; a little less keeps shrunken photos crisp.
const LOD_BIAS = -0.3;

// Mip level for a step of one stage pixel to the right and one down, each in unit coordinates of the photo.
// The two steps' geometric mean decides: their longer one would blur what is seen at a slant.
fn mipLevel(size: vec2u, right: vec2f, down: vec2f) -> f32 {
  let texels = length(right * vec2f(size)) * length(down * vec2f(size));
  return max(0.0, 0.5 * log2(max(texels, 1e-12)) + LOD_BIAS);
}

fn readHere(unit: vec2f) -> vec3f {
  let level = mipLevel(textureDimensions(photoHere), vec2f(1.0 / pane.rect.z, 0.0), vec2f(0.0, 1.0 / pane.rect.w));
  return textureSampleLevel(photoHere, photoSampler, unit, level).rgb;
}
