// What every picture on the stage has in common. Positions are device pixels of the stage; colours are sRGB as
// they are stored, mixed without linearising (as canvases and image viewers do).

#import "cover.wgsl"

struct Pane {
  // Size of the stage.
  stage: vec2f,
  // Where the whole photo lies: x, y, width, height. May reach beyond the pane, which clips it.
  rect: vec4f,
  // Background of the stage.
  ground: vec4f,
  // What shows where a rebuilt photo has no certainty.
  empty: vec4f,
  // Size of the photo that the pane lies on, pixels.
  photo: vec2f,
  // Size of the warp grid on that photo.
  grid: vec2u,
  threshold: f32,
  // Pixels of the photo; 0 switches the filter off.
  cycleLimit: f32,
  // How far the photo steps back behind what is drawn over it, 0…1.
  muted: f32,
  // Of heat maps over the photo, or of a morph's layer.
  opacity: f32,
  // Share of the other photo in blends, 0…1.
  amount: f32,
  // Stage x of the swipe's divider.
  dividerX: f32,
  // Cell of the checkerboard, flow and cycle at full scale: shares of the photo's longer side.
  checkerSize: f32,
  flowScale: f32,
  cycleScale: f32,
  pixelRatio: f32,
  // Row of the colour map texture, and COMPARE_MODES's place.
  colorMap: u32,
  mode: u32,
  // draw-aligned.wgsl alone: rows of the homography from A to B, both in unit coordinates, and the part of A's plane
  // that the pane's rectangle shows: x, y, width, height in A's unit coordinates.
  planeRow0: vec3f,
  planeRow1: vec3f,
  planeRow2: vec3f,
  canvas: vec4f,
}

@group(0) @binding(0) var<uniform> pane: Pane;
@group(0) @binding(1) var photoSampler: sampler;
@group(0) @binding(2) var colorMaps: texture_2d<f32>;

// Unit point of the photo under a stage position.
fn unitAt(position: vec2f) -> vec2f {
  return (position - pane.rect.xy) / pane.rect.zw;
}

// Share of a stage pixel that the photo covers: the photo's own edges are anti-aliased.
fn coverage(unit: vec2f) -> f32 {
  let inside = clamp(min(unit, 1.0 - unit) * pane.rect.zw + 0.5, vec2f(0.0), vec2f(1.0));
  return inside.x * inside.y;
}

// The picture's colour laid over the stage's background.
fn onStage(color: vec3f, unit: vec2f) -> vec4f {
  return vec4f(mix(pane.ground.rgb, color, coverage(unit)), 1.0);
}

fn luminance(color: vec3f) -> f32 {
  return dot(color, vec3f(0.2126, 0.7152, 0.0722));
}

// Quiet diagonal hatching: the sign, in every view, of a place of which nothing is known.
fn unknownColor(position: vec2f) -> vec3f {
  let period = 8.0 * pane.pixelRatio;
  let phase = fract((position.x + position.y) / period);
  // A stripe of half the period with edges one pixel soft.
  let stripe = clamp((0.25 - abs(phase - 0.5)) * period * 0.7071 + 0.5, 0.0, 1.0);
  let contrast = select(1.0, 0.0, luminance(pane.ground.rgb) > 0.5);
  return mix(pane.ground.rgb, vec3f(contrast), mix(0.06, 0.12, stripe));
}
