// One mip level from the one above it, by the exact area average: an odd size is not a whole multiple of its
// half, so up to three texels a side share in each.

#import "../common/cover.wgsl"

@group(0) @binding(0) var source: texture_2d<f32>;

// The first level is a copy of the photo.
override COPY: bool = false;

@fragment
fn drawMipLevel(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let size = textureDimensions(source);
  if (COPY) {
    return textureLoad(source, vec2u(position.xy), 0);
  }
  let ratio = vec2f(size) / vec2f(max(size / 2u, vec2u(1u)));
  let start = floor(position.xy) * ratio;
  let end = start + ratio;
  let first = vec2u(start);
  var sum = vec4f(0.0);
  var area = 0.0;
  for (var y = 0u; y < 3u; y++) {
    for (var x = 0u; x < 3u; x++) {
      let texel = first + vec2u(x, y);
      let overlap = max(min(end, vec2f(texel) + 1.0) - max(start, vec2f(texel)), vec2f(0.0));
      sum += textureLoad(source, min(texel, size - 1u), 0) * overlap.x * overlap.y;
      area += overlap.x * overlap.y;
    }
  }
  return sum / area;
}
