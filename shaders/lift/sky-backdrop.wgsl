// The photo's sky in the holes of a view, as what is infinitely far. Reference:
// src/pages/lift/passes/sky-backdrop/cpu.ts.

#import "read-colour.wgsl"

struct Params {
  sizeA: vec2u,
  sizeB: vec2u,
  // Rows of the infinite homography, from pixels of the view to pixels of the photo.
  row0: vec3f,
  row1: vec3f,
  row2: vec3f,
  threshold: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var plate: texture_2d<f32>;
@group(0) @binding(2) var<storage, read> sky: array<f32>;
@group(0) @binding(3) var<storage, read> visible: array<u32>;
// Only written where the backdrop shows; the rest stays as it was rendered.
@group(0) @binding(4) var colour: texture_storage_2d<rgba8unorm, write>;
@group(0) @binding(5) var<storage, read_write> known: array<u32>;

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.sizeB)) {
    return;
  }
  let i = id.y * params.sizeB.x + id.x;
  let isRendered = visible[i] != 0u;
  known[i] = u32(isRendered);
  if (isRendered) {
    return;
  }
  let ray = vec3f(vec2f(id.xy) + 0.5, 1.0);
  let z = dot(params.row2, ray);
  if (!(z > 1e-9)) {
    return;
  }
  let place = vec2f(dot(params.row0, ray), dot(params.row1, ray)) / z;
  if (any(place < vec2f(0.0)) || any(place >= vec2f(params.sizeA))) {
    return;
  }
  let pixel = vec2u(place);
  if (!(sky[pixel.y * params.sizeA.x + pixel.x] > params.threshold)) {
    return;
  }
  known[i] = 1u;
  textureStore(colour, id.xy, vec4f(readColour(plate, place / vec2f(params.sizeA)), 1.0));
}
