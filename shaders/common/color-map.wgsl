// A colour map's entry, linear between its 256 published ones. `maps` holds one map a row; `value` 0…1.

fn mapColor(maps: texture_2d<f32>, row: u32, value: f32) -> vec3f {
  let position = clamp(value, 0.0, 1.0) * 255.0;
  let low = u32(position);
  let lower = textureLoad(maps, vec2u(low, row), 0).rgb;
  let upper = textureLoad(maps, vec2u(min(low + 1u, 255u), row), 0).rgb;
  return mix(lower, upper, position - f32(low));
}
