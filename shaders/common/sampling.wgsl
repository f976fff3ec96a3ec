// Bilinear reading of a plane in a storage buffer, as grid_sample with align_corners = false and the border clamped.

struct Taps {
  index: vec4u,
  weight: vec4f,
}

// The four places to read around a normalised point, and their weights.
// A plane p is then read as dot(vec4f(p[index.x], p[index.y], p[index.z], p[index.w]), weight).
fn bilinearTaps(point: vec2f, size: vec2u) -> Taps {
  let last = vec2f(size) - 1.0;
  let position = clamp(0.5 * vec2f(size) * (point + 1.0) - 0.5, vec2f(0.0), last);
  let low = min(vec2u(position), size - 1u);
  let high = min(low + 1u, size - 1u);
  let f = position - vec2f(low);
  return Taps(
    vec4u(low.y * size.x + low.x, low.y * size.x + high.x, high.y * size.x + low.x, high.y * size.x + high.x),
    vec4f((1.0 - f.x) * (1.0 - f.y), f.x * (1.0 - f.y), (1.0 - f.x) * f.y, f.x * f.y),
  );
}
