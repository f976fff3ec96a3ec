// The classical descriptor: gradient histograms of cells, then windows of 4 × 4 cells about every place. Reference:
// src/pages/compare/passes/gradient-histogram/cpu.ts.

#import "../common/dispatch.wgsl"

override CELL: u32;
override CLIP: f32;
override EPSILON: f32;

const TAU = 6.283185307179586;
const LUMA = vec3f(0.299, 0.587, 0.114);

struct Params {
  image: vec2u,
  places: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> image: array<f32>;
@group(0) @binding(2) var<storage, read_write> cells: array<f32>;
@group(0) @binding(3) var<storage, read_write> descriptors: array<f32>;

fn greyAt(pixel: vec2i) -> f32 {
  let p = vec2u(clamp(pixel, vec2i(0), vec2i(params.image) - 1));
  let points = params.image.x * params.image.y;
  let i = p.y * params.image.x + p.x;
  return dot(LUMA, vec3f(image[i], image[points + i], image[2u * points + i]));
}

// One cell gathers from the pixels within a cell's width of its centre.
@compute @workgroup_size(LINEAR_WORKGROUP)
fn histogram(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(id, workgroups);
  let grid = 2u * params.places;
  if (index >= grid.x * grid.y) {
    return;
  }
  let cell = vec2u(index % grid.x, index / grid.x);
  let size = i32(CELL);
  let begin = vec2i(cell) * size - size / 2;
  var bins: array<f32, ORIENTATIONS>;
  for (var j = 0; j < 2 * size; j++) {
    for (var i = 0; i < 2 * size; i++) {
      let pixel = begin + vec2i(i, j);
      if (any(pixel < vec2i(0)) || any(pixel >= vec2i(params.image))) {
        continue;
      }
      let gradient = 0.5 * vec2f(
        greyAt(pixel + vec2i(1, 0)) - greyAt(pixel - vec2i(1, 0)),
        greyAt(pixel + vec2i(0, 1)) - greyAt(pixel - vec2i(0, 1)),
      );
      let magnitude = length(gradient);
      if (magnitude == 0.0) {
        continue;
      }
      let away = abs((vec2f(pixel) + 0.5) / f32(CELL) - 0.5 - vec2f(cell));
      let weight = magnitude * (1.0 - away.x) * (1.0 - away.y);
      let turn = atan2(gradient.y, gradient.x) / TAU;
      let position = select(turn, turn + 1.0, turn < 0.0) * f32(ORIENTATIONS);
      let low = u32(floor(position));
      let share = position - floor(position);
      bins[low % ORIENTATIONS] += weight * (1.0 - share);
      bins[(low + 1u) % ORIENTATIONS] += weight * share;
    }
  }
  for (var o = 0u; o < ORIENTATIONS; o++) {
    cells[index * ORIENTATIONS + o] = bins[o];
  }
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn describe(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let place = linearIndex(id, workgroups);
  if (place >= params.places.x * params.places.y) {
    return;
  }
  let grid = vec2i(2u * params.places);
  // Two cells are the place's own, the others lie around them.
  let first = 2 * vec2i(vec2u(place % params.places.x, place / params.places.x)) - 1;
  let out = place * CHANNELS;
  var squares = 0.0;
  for (var k = 0u; k < WINDOW * WINDOW; k++) {
    let cell = first + vec2i(vec2u(k % WINDOW, k / WINDOW));
    let isInside = all(cell >= vec2i(0)) && all(cell < grid);
    for (var o = 0u; o < ORIENTATIONS; o++) {
      var value = 0.0;
      if (isInside) {
        value = cells[u32(cell.y * grid.x + cell.x) * ORIENTATIONS + o];
      }
      descriptors[out + k * ORIENTATIONS + o] = value;
      squares += value * value;
    }
  }
  let length = sqrt(squares) + EPSILON;
  squares = 0.0;
  for (var c = 0u; c < CHANNELS; c++) {
    let value = min(CLIP, descriptors[out + c] / length);
    descriptors[out + c] = value;
    squares += value * value;
  }
  let clippedLength = sqrt(squares) + EPSILON;
  for (var c = 0u; c < CHANNELS; c++) {
    descriptors[out + c] /= clippedLength;
  }
}
