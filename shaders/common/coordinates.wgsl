// The coordinate systems of src/core/coordinates.ts (align_corners = false):
// normalised [-1, 1] edge to edge; pixel, with the first pixel's centre at 0.5; unit [0, 1].

fn normalisedToPixel(p: vec2f, size: vec2f) -> vec2f {
  return 0.5 * size * (p + 1.0);
}

fn pixelToNormalised(p: vec2f, size: vec2f) -> vec2f {
  return 2.0 * p / size - 1.0;
}

fn normalisedToUnit(p: vec2f) -> vec2f {
  return 0.5 * (p + 1.0);
}

fn unitToNormalised(p: vec2f) -> vec2f {
  return 2.0 * p - 1.0;
}

// Normalised place of the centre of a grid's pixel.
fn centreOf(pixel: vec2u, size: vec2u) -> vec2f {
  return (2.0 * vec2f(pixel) + 1.0) / vec2f(size) - 1.0;
}

// Whether a normalised place lies on the photo.
fn isInside(p: vec2f) -> bool {
  return all(abs(p) <= vec2f(1.0));
}
