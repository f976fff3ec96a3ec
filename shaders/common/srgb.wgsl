// sRGB transfer (IEC 61966-2-1), the same as src/pages/lift/passes/srgb.ts.

fn decodeSrgb(v: vec3f) -> vec3f {
  return select(pow((v + 0.055) / 1.055, vec3f(2.4)), v / 12.92, v <= vec3f(0.04045));
}

// Cut off below 0 and above 1.
fn encodeSrgb(linear: vec3f) -> vec3f {
  let v = clamp(linear, vec3f(0.0), vec3f(1.0));
  return select(1.055 * pow(v, vec3f(1.0 / 2.4)) - 0.055, 12.92 * v, v <= vec3f(0.0031308));
}
