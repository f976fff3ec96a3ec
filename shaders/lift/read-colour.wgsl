// Bilinear colour at a unit point, the border clamped. By hand: samplers round their weights to 8 bits.
// Reference: src/pages/lift/passes/read-colour.ts.

fn readColour(photo: texture_2d<f32>, unit: vec2f) -> vec3f {
  let size = textureDimensions(photo);
  let position = clamp(unit * vec2f(size) - 0.5, vec2f(0.0), vec2f(size) - 1.0);
  let low = vec2u(position);
  let high = min(low + 1u, size - 1u);
  let f = position - vec2f(low);
  let above = mix(textureLoad(photo, low, 0).rgb, textureLoad(photo, vec2u(high.x, low.y), 0).rgb, f.x);
  let below = mix(textureLoad(photo, vec2u(low.x, high.y), 0).rgb, textureLoad(photo, high, 0).rgb, f.x);
  return mix(above, below, f.y);
}
