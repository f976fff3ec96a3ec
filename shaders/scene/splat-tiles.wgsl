// Which tiles a splat reaches. Reference: src/gaussians/raster/tiles.ts.

#import "splat.wgsl"

fn sigmaOf(conic: vec4f, x: f32, y: f32) -> f32 {
  return 0.5 * (conic.x * x * x + conic.z * y * y) + conic.y * x * y;
}

// Whether the ellipse σ ≤ reach meets a tile's rectangle of pixel centres. The form is convex: its least value lies at the
// centre or on an edge that faces it. The slack lets a rounding rather add a tile than lose one.
fn ellipseMeets(splat: Splat, tile: vec2u) -> bool {
  let low = vec2f(tile) * f32(TILE) + 0.5 - splat.place.xy;
  let high = low + f32(TILE - 1);
  if (all(low <= vec2f(0.0)) && all(high >= vec2f(0.0))) {
    return true;
  }
  let conic = splat.conic;
  let limit = 1.0001 * conic.w + 1e-4;
  if (low.x > 0.0 || high.x < 0.0) {
    let x = select(high.x, low.x, low.x > 0.0);
    let y = clamp(-conic.y * x / conic.z, low.y, high.y);
    if (sigmaOf(conic, x, y) <= limit) {
      return true;
    }
  }
  if (low.y > 0.0 || high.y < 0.0) {
    let y = select(high.y, low.y, low.y > 0.0);
    let x = clamp(-conic.y * y / conic.x, low.x, high.x);
    if (sigmaOf(conic, x, y) <= limit) {
      return true;
    }
  }
  return false;
}

// First column and row, and those after the last, of the tiles that the ellipse's upright rectangle touches.
fn tilesAround(splat: Splat, pictureTiles: vec2u) -> vec4u {
  let conic = splat.conic;
  if (conic.w <= 0.0) {
    return vec4u(0u);
  }
  let det = conic.x * conic.z - conic.y * conic.y;
  // A pixel more, where det has lost digits.
  let extent = sqrt(2.0 * conic.w * vec2f(conic.z, conic.x) / det) * 1.0001 + 1.0;
  let tiles = vec2f(pictureTiles);
  // An extent that is no number or beyond all is the whole picture.
  let low = select(vec2f(0.0), clamp(floor((splat.place.xy - extent) / f32(TILE)), vec2f(0.0), tiles), extent < vec2f(1e7));
  let high = select(tiles, clamp(floor((splat.place.xy + extent) / f32(TILE)) + 1.0, vec2f(0.0), tiles), extent < vec2f(1e7));
  return vec4u(vec2u(low), vec2u(high));
}
