// The dense match of the pane's photo.

#import "coordinates.wgsl"
#import "pane.wgsl"
#import "photo.wgsl"
#import "sampling.wgsl"

@group(2) @binding(0) var<storage, read> warp: array<f32>;
@group(2) @binding(1) var<storage, read> certainty: array<f32>;
@group(2) @binding(2) var<storage, read> cycle: array<f32>;

// Certainty over which a picture fades out below the threshold, so that its outline is smooth.
const FADE = 0.06;

// Where a place lies in the other photo (unit), and how that moves with the place.
struct Landing {
  unit: vec2f,
  alongX: vec2f,
  alongY: vec2f,
}

fn warpAt(x: u32, y: u32) -> vec2f {
  let index = y * pane.grid.x + x;
  return normalisedToUnit(vec2f(warp[index], warp[index + pane.grid.x * pane.grid.y]));
}

// Continued over the half cell outside the centres (see sampling.wgsl), with its slopes.
fn readWarp(unit: vec2f) -> Landing {
  let cell = cellAround(unitToNormalised(unit), pane.grid);
  let low = cell.low;
  let high = cell.high;
  let f = cell.f;
  let topLeft = warpAt(low.x, low.y);
  let topRight = warpAt(high.x, low.y);
  let bottomLeft = warpAt(low.x, high.y);
  let bottomRight = warpAt(high.x, high.y);
  return Landing(
    mix(mix(topLeft, topRight, f.x), mix(bottomLeft, bottomRight, f.x), f.y),
    mix(topRight - topLeft, bottomRight - bottomLeft, f.y) * f32(pane.grid.x),
    mix(bottomLeft - topLeft, bottomRight - topRight, f.x) * f32(pane.grid.y),
  );
}

fn readCycle(unit: vec2f) -> f32 {
  let taps = bilinearTaps(unitToNormalised(unit), pane.grid);
  let i = taps.index;
  return dot(vec4f(cycle[i.x], cycle[i.y], cycle[i.z], cycle[i.w]), taps.weight);
}

// Certainty after the cycle filter.
fn readCertainty(unit: vec2f) -> f32 {
  let taps = bilinearTaps(unitToNormalised(unit), pane.grid);
  let i = taps.index;
  let value = dot(vec4f(certainty[i.x], certainty[i.y], certainty[i.z], certainty[i.w]), taps.weight);
  if (pane.cycleLimit <= 0.0) {
    return value;
  }
  return value * (1.0 - smoothstep(0.9 * pane.cycleLimit, pane.cycleLimit, readCycle(unit)));
}

// 1 at the threshold and above it, 0 well below.
fn aboveThreshold(value: f32) -> f32 {
  return smoothstep(pane.threshold - FADE, pane.threshold, value);
}

// The other photo's colour at a landing, minified as it comes to lie on the stage.
fn readThere(landing: Landing) -> vec3f {
  let level = mipLevel(textureDimensions(photoThere), landing.alongX / pane.rect.z, landing.alongY / pane.rect.w);
  return textureSampleLevel(photoThere, photoSampler, landing.unit, level).rgb;
}

// Share of a stage pixel that lands on the other photo: its edges are anti-aliased.
fn landingCover(landing: Landing) -> f32 {
  let pixel = abs(landing.alongX) / pane.rect.z + abs(landing.alongY) / pane.rect.w;
  let inside = clamp(min(landing.unit, 1.0 - landing.unit) / max(pixel, vec2f(1e-9)) + 0.5, vec2f(0.0), vec2f(1.0));
  return inside.x * inside.y;
}

// 1 where the match is certain enough to be shown and lands on the other photo.
fn isKnown(value: f32, landing: Landing) -> f32 {
  return aboveThreshold(value) * landingCover(landing);
}
