// Bilinear reading of a plane in a storage buffer, align_corners = false. Reference: src/gpu/reference/bilinear.ts.

struct Taps {
  index: vec4u,
  weight: vec4f,
}

// Two neighbouring places an axis, and where a point lies between them: 0 at the low, 1 at the high ones, and up to
// half a cell beyond either at the rim.
struct Cell {
  low: vec2u,
  high: vec2u,
  f: vec2f,
}

fn cellAround(point: vec2f, size: vec2u) -> Cell {
  let position = 0.5 * vec2f(size) * (point + 1.0) - 0.5;
  let low = vec2u(clamp(position, vec2f(0.0), max(vec2f(size) - 2.0, vec2f(0.0))));
  return Cell(low, min(low + 1u, size - 1u), clamp(position - vec2f(low), vec2f(-0.5), vec2f(1.5)));
}

// The four places to read around a normalised point, and their weights, the border clamped: for certainties and errors.
// A plane p is then read as dot(vec4f(p[index.x], p[index.y], p[index.z], p[index.w]), weight).
fn bilinearTaps(point: vec2f, size: vec2u) -> Taps {
  let cell = cellAround(point, size);
  return tapsOf(cell, clamp(cell.f, vec2f(0.0), vec2f(1.0)), size);
}

// The same, continued linearly over the half cell between the outermost centres and the photo's edge: for warps. They
// are absolute places, so that clamping would move what lies at the edge by half a cell.
fn continuedTaps(point: vec2f, size: vec2u) -> Taps {
  let cell = cellAround(point, size);
  return tapsOf(cell, cell.f, size);
}

fn tapsOf(cell: Cell, f: vec2f, size: vec2u) -> Taps {
  let low = cell.low;
  let high = cell.high;
  return Taps(
    vec4u(low.y * size.x + low.x, low.y * size.x + high.x, high.y * size.x + low.x, high.y * size.x + high.x),
    vec4f((1.0 - f.x) * (1.0 - f.y), f.x * (1.0 - f.y), (1.0 - f.x) * f.y, f.x * f.y),
  );
}
