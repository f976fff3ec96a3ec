// A against B laid on A's plane by a homography, on A alone or on a canvas that shows both photos whole. Of
// common/field.wgsl only the readers are used: the match itself is not read.

#import "../common/field.wgsl"
#import "../common/pane.wgsl"
#import "../common/photo.wgsl"

// COMPARE_… are the modes; flicker and morph are blends here.
const DIVIDER_WIDTH = 2.0;

// Where a place of A (unit) lies in B, its motion told for steps of the whole canvas.
fn throughPlane(unit: vec2f) -> Landing {
  let p = vec3f(unit, 1.0);
  let w = dot(pane.planeRow2, p);
  let landed = vec2f(dot(pane.planeRow0, p), dot(pane.planeRow1, p)) / w;
  let alongX = vec2f(pane.planeRow0.x, pane.planeRow1.x) - landed * pane.planeRow2.x;
  let alongY = vec2f(pane.planeRow0.y, pane.planeRow1.y) - landed * pane.planeRow2.y;
  return Landing(landed, alongX * pane.canvas.z / w, alongY * pane.canvas.w / w);
}

// Share of a stage pixel that A covers.
fn coverOfHere(unit: vec2f, step: vec2f) -> f32 {
  let inside = clamp(min(unit, 1.0 - unit) / step + 0.5, vec2f(0.0), vec2f(1.0));
  return inside.x * inside.y;
}

fn mixture(position: vec2f, unit: vec2f) -> f32 {
  if (pane.mode == COMPARE_SWIPE) {
    return clamp(pane.dividerX - position.x + 0.5, 0.0, 1.0);
  }
  if (pane.mode == COMPARE_CHECKER) {
    let parity = vec2i(floor(unit * pane.photo / (pane.checkerSize * max(pane.photo.x, pane.photo.y))));
    return f32((parity.x + parity.y) & 1);
  }
  return pane.amount;
}

@fragment
fn drawAligned(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let onCanvas = unitAt(position.xy);
  let unit = pane.canvas.xy + onCanvas * pane.canvas.zw;
  let step = pane.canvas.zw / pane.rect.zw;
  let landing = throughPlane(unit);
  // Behind the horizon nothing of B can be seen.
  let inFront = dot(pane.planeRow2, vec3f(unit, 1.0)) > 1e-6;
  let level = mipLevel(textureDimensions(photoHere), vec2f(step.x, 0.0), vec2f(0.0, step.y));
  let here = textureSampleLevel(photoHere, photoSampler, unit, level).rgb;
  let there = readThere(landing);
  let coverHere = coverOfHere(unit, step);
  let coverThere = select(0.0, landingCover(landing), inFront);
  let both = coverHere * coverThere;
  let none = (1.0 - coverHere) * (1.0 - coverThere);
  if (pane.mode == COMPARE_DIFFERENCE) {
    let alone = 1.0 - both - none;
    let color = both * abs(here - there) + alone * unknownColor(position.xy) + none * pane.ground.rgb;
    return onStage(color, onCanvas);
  }
  // Where one photo alone reaches, it is shown.
  var color = both * mix(here, there, mixture(position.xy, unit)) + coverHere * (1.0 - coverThere) * here
    + (1.0 - coverHere) * coverThere * there + none * pane.ground.rgb;
  if (pane.mode == COMPARE_SWIPE) {
    let reach = abs(position.x - pane.dividerX);
    let half = 0.5 * DIVIDER_WIDTH * pane.pixelRatio;
    color = mix(color, vec3f(0.0), 0.35 * clamp(half + pane.pixelRatio + 0.5 - reach, 0.0, 1.0));
    color = mix(color, vec3f(1.0), clamp(half + 0.5 - reach, 0.0, 1.0));
  }
  return onStage(color, onCanvas);
}
