// Both cameras, see src/geometry/pinhole.ts: X_b = R · X_a + t.

struct Cameras {
  sizeA: vec2u,
  sizeB: vec2u,
  focalA: vec2f,
  centreA: vec2f,
  focalB: vec2f,
  centreB: vec2f,
  row0: vec3f,
  row1: vec3f,
  row2: vec3f,
  translation: vec3f,
  near: f32,
  tolerance: f32,
}

// Warp of a place that lies nowhere in the other picture.

// The point in camera b's frame that the photo shows at pixel p.
fn pointInB(cameras: Cameras, p: vec2f, depth: f32) -> vec3f {
  let point = vec3f((p - cameras.centreA) / cameras.focalA, 1.0) * depth;
  return vec3f(dot(cameras.row0, point), dot(cameras.row1, point), dot(cameras.row2, point)) + cameras.translation;
}
