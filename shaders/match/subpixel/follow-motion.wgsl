// Takes places to where one motion takes them, if neither photo shows anything there, or both agree at least as well. Reference: src/compute/lucas-kanade/follow-motion.ts.

#import "../../common/coordinates.wgsl"
#import "photos.wgsl"

struct Params {
  // Rows of the homography, own photo to other, normalised.
  row0: vec3f,
  row1: vec3f,
  row2: vec3f,
  grid: vec2u,
  own: vec2u,    // size of the own photo as it is read
  other: vec2u,
  certainty: f32,
  cycle: f32,
  apart: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> warp: array<f32>;
@group(0) @binding(4) var<storage, read> certainty: array<f32>;
@group(0) @binding(5) var<storage, read> cycle: array<f32>;
@group(0) @binding(6) var<storage, read_write> followed: array<f32>;

// Where the motion takes a normalised place; nowhere at all from behind.
fn moved(place: vec2f) -> vec2f {
  let p = vec3f(place, 1.0);
  let w = dot(params.row2, p);
  return select(vec2f(1e9), vec2f(dot(params.row0, p), dot(params.row1, p)) / w, w > 1e-9);
}

// The same in pixels, from a place of the own photo.
fn movedPixel(place: vec2f) -> vec2f {
  return normalisedToPixel(moved(pixelToNormalised(place, vec2f(params.own))), vec2f(params.other));
}

// Whether neither photo shows anything about a place, pixels of the own photo, and where the motion takes it, or both agree there at
// least as well as at `here`, pixels of the other photo.
fn follows(p: vec2f, here: vec2f) -> bool {
  let alongX = movedPixel(p + vec2f(0.5, 0.0)) - movedPixel(p - vec2f(0.5, 0.0));
  let alongY = movedPixel(p + vec2f(0.0, 0.5)) - movedPixel(p - vec2f(0.0, 0.5));
  let area = abs(alongX.x * alongY.y - alongY.x * alongX.y);
  if (!(area > 1.0 / LARGEST_AREA && area < LARGEST_AREA)) {
    return false;
  }
  let step = 1.0 / max(1.0, sqrt(area));
  let q = movedPixel(p);
  // About the place, where the motion takes it, and where it lies.
  var seen: array<vec3f, WINDOW>;
  var mean = vec3f(0.0);
  for (var n = 0; n < WINDOW; n++) {
    let o = step * offsetOf(n);
    let away = alongX * o.x + alongY * o.y;
    seen[n] = vec3f(readOwn(p + o), readOther(q + away), readOther(here + away));
    mean += seen[n] / f32(WINDOW);
  }
  var energy = vec3f(0.0);
  var product = vec2f(0.0);
  for (var n = 0; n < WINDOW; n++) {
    let values = seen[n] - mean;
    energy += values * values;
    product += values.x * values.yz;
  }
  let flat = FLAT * f32(WINDOW);
  if (energy.x < flat || energy.y < flat) {
    return max(energy.x, energy.y) < flat;
  }
  let agreement = product / sqrt(max(vec2f(1e-12), energy.x * energy.yz));
  return agreement.x >= LEAST && agreement.x >= agreement.y;
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.grid)) {
    return;
  }
  let k = id.y * params.grid.x + id.x;
  let points = params.grid.x * params.grid.y;
  let here = vec2f(warp[k], warp[points + k]);
  followed[k] = here.x;
  followed[points + k] = here.y;
  let place = centreOf(id.xy, params.grid);
  let to = moved(place);
  if (!isInside(here) || !isInside(to)) {
    return;
  }
  let size = vec2f(params.other);
  let away = length(0.5 * (to - here) * size / max(size.x, size.y));
  let isSure = certainty[k] >= params.certainty && cycle[k] <= params.cycle;
  if (isSure && away > params.apart) {
    return;
  }
  if (!follows(normalisedToPixel(place, vec2f(params.own)), normalisedToPixel(here, size))) {
    return;
  }
  followed[k] = to.x;
  followed[points + k] = to.y;
}
