// A against the other photo laid on A's grid.

#import "../common/field.wgsl"
#import "../common/pane.wgsl"
#import "../common/photo.wgsl"

// COMPARE_… are the modes; flicker is a blend whose amount the renderer swaps.
const DIVIDER_WIDTH = 2.0;

// Share of the other photo at this place.
fn mixture(position: vec2f, unit: vec2f) -> f32 {
  if (pane.mode == COMPARE_SWIPE) {
    // The other photo lies left of the divider: at amount 0 all is A.
    return clamp(pane.dividerX - position.x + 0.5, 0.0, 1.0);
  }
  if (pane.mode == COMPARE_CHECKER) {
    let cells = unit * pane.photo / (pane.checkerSize * max(pane.photo.x, pane.photo.y));
    let parity = vec2i(floor(cells));
    return f32((parity.x + parity.y) & 1);
  }
  return pane.amount;
}

@fragment
fn drawCompare(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let landing = readWarp(unit);
  // Not weighted by certainty: a veil of it would pass for a difference.
  let known = isKnown(readCertainty(unit), landing);
  let here = readHere(unit);
  let there = readThere(landing);
  if (pane.mode == COMPARE_DIFFERENCE) {
    return onStage(mix(unknownColor(position.xy), abs(here - there), known), unit);
  }
  let rebuilt = mix(pane.empty.rgb, there, known);
  var color = mix(here, rebuilt, mixture(position.xy, unit));
  if (pane.mode == COMPARE_SWIPE) {
    // White between two thin dark rims: seen on any photo.
    let reach = abs(position.x - pane.dividerX);
    let half = 0.5 * DIVIDER_WIDTH * pane.pixelRatio;
    color = mix(color, vec3f(0.0), 0.35 * clamp(half + pane.pixelRatio + 0.5 - reach, 0.0, 1.0));
    color = mix(color, vec3f(1.0), clamp(half + 0.5 - reach, 0.0, 1.0));
  }
  return onStage(color, unit);
}
