// Depth of the warp, triangulated by the cameras of an essential fit, as a heat map over the photo where the match is
// certain enough and the two rays meet. Linear in 1 / depth, as parallax is. Twin: src/pages/match/views/depth/cpu.ts.

#import "../common/field.wgsl"
#import "../common/heat.wgsl"
#import "../common/pane.wgsl"

struct Depth {
  // Rows of the rotation from this photo's camera to the other one's, and the translation, of length 1.
  row0: vec3f,
  row1: vec3f,
  row2: vec3f,
  translation: vec3f,
  // Focal lengths and principal points as shares of each photo's width and height.
  focalHere: vec2f,
  focalThere: vec2f,
  principalHere: vec2f,
  principalThere: vec2f,
  // 1 / depth at both ends of the colours, baselines.
  far: f32,
  near: f32,
  // Largest distance of an inlier from where its depth projects, at focal length 1.
  residual: f32,
  // 0 without cameras: the photo alone steps back.
  known: f32,
}

@group(3) @binding(0) var<uniform> depth: Depth;

// Share of the nearest 1 / depth by which a place may lie behind the camera: noise at infinity.
const BEHIND = 0.1;

@fragment
fn drawDepth(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let ray = vec3f((unit - depth.principalHere) / depth.focalHere, 1.0);
  let other = (readWarp(unit).unit - depth.principalThere) / depth.focalThere;
  let turned = vec3f(dot(depth.row0, ray), dot(depth.row1, ray), dot(depth.row2, ray));
  // turned + value · translation must lie on the other photo's ray.
  let away = turned.xy - other * turned.z;
  let along = depth.translation.xy - other * depth.translation.z;
  let squared = dot(along, along);
  let value = select(0.0, -dot(away, along) / max(squared, 1e-12), squared > 1e-12);
  let before = max(abs(turned.z + value * depth.translation.z), 1e-6);
  let residual = length(away + value * along) / before;
  let meets = 1.0 - smoothstep(depth.residual, 2.0 * depth.residual, residual);
  let inFront = step(-BEHIND * depth.near, value);
  let shown = aboveThreshold(readCertainty(unit)) * meets * inFront * depth.known;
  let share = (value - depth.far) / max(depth.near - depth.far, 1e-9);
  return onStage(heatOverPhoto(unit, share, shown), unit);
}
