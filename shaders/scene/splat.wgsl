// A Gaussian as one camera sees it, made by project.wgsl. What lies behind, outside or is transparent has reach 0.

struct Splat {
  // x, y in pixels; depth; opacity.
  place: vec4f,
  // A, B, C of σ = ½(A dx² + C dy²) + B dx dy; and ln(255 · opacity), beyond which α is below 1/255.
  conic: vec4f,
  // Red, green, blue; and smallest by middle scale.
  look: vec4f,
}

fn sigmaAt(splat: Splat, d: vec2f) -> f32 {
  return 0.5 * (splat.conic.x * d.x * d.x + splat.conic.z * d.y * d.y) + splat.conic.y * d.x * d.y;
}

// What a splat hides of a pixel, 0 where that is too little to be drawn.
fn alphaAt(splat: Splat, d: vec2f) -> f32 {
  let sigma = sigmaAt(splat, d);
  let alpha = min(MAX_ALPHA, splat.place.w * exp(-sigma));
  return select(0.0, alpha, sigma >= 0.0 && alpha >= MIN_ALPHA);
}
