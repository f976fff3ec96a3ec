// Photo B seen through a frame. Reference: src/pages/match/views/frame/cpu.ts.

#import "../common/coordinates.wgsl"

struct Params {
  // Rows of the homography: normalised frame → normalised photo.
  row0: vec3f,
  row1: vec3f,
  row2: vec3f,
  size: vec2u,
  // Samples per axis and pixel.
  samples: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var photo: texture_2d<f32>;
@group(0) @binding(2) var picture: texture_storage_2d<rgba8unorm, write>;

// The photo at a pixel place, bilinear with the border clamped; black outside.
fn readPhoto(place: vec2f) -> vec3f {
  let size = vec2f(textureDimensions(photo));
  if (!(all(place >= vec2f(0.0)) && all(place < size))) {
    return vec3f(0.0);
  }
  let position = clamp(place - 0.5, vec2f(0.0), size - 1.0);
  let low = min(vec2i(position), vec2i(size) - 1);
  let high = min(low + 1, vec2i(size) - 1);
  let f = position - vec2f(low);
  let above = mix(textureLoad(photo, low, 0).rgb, textureLoad(photo, vec2i(high.x, low.y), 0).rgb, f.x);
  let below = mix(textureLoad(photo, vec2i(low.x, high.y), 0).rgb, textureLoad(photo, high, 0).rgb, f.x);
  return mix(above, below, f.y);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let n = params.samples;
  var color = vec3f(0.0);
  for (var j = 0u; j < n; j++) {
    for (var i = 0u; i < n; i++) {
      let at = vec2f(id.xy) + (vec2f(vec2u(i, j)) + 0.5) / f32(n);
      let p = vec3f(pixelToNormalised(at, vec2f(params.size)), 1.0);
      let w = dot(params.row2, p);
      if (w > 1e-6) {
        let landed = vec2f(dot(params.row0, p), dot(params.row1, p)) / w;
        color += readPhoto(normalisedToPixel(landed, vec2f(textureDimensions(photo))));
      }
    }
  }
  textureStore(picture, id.xy, vec4f(color / f32(n * n), 1.0));
}
