// Certainty 0 where a place or its match is left out by a mask. Reference: src/compute/mask/cpu.ts.

#import "../common/coordinates.wgsl"
#import "../common/dispatch.wgsl"

struct Params {
  grid: vec2u,
  // Pixels of each mask; 0: no mask.
  here: vec2u,
  there: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> warp: array<f32>;
@group(0) @binding(2) var<storage, read> maskHere: array<u32>;
@group(0) @binding(3) var<storage, read> maskThere: array<u32>;
@group(0) @binding(4) var<storage, read_write> certainty: array<f32>;

fn isSetHere(pixel: vec2u) -> bool {
  let i = pixel.y * params.here.x + pixel.x;
  return ((maskHere[i >> 5u] >> (i & 31u)) & 1u) == 1u;
}

fn isSetThere(pixel: vec2u) -> bool {
  let i = pixel.y * params.there.x + pixel.x;
  return ((maskThere[i >> 5u] >> (i & 31u)) & 1u) == 1u;
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let points = params.grid.x * params.grid.y;
  let i = linearIndex(id, workgroups);
  if (i >= points) {
    return;
  }
  var inside = true;
  if (params.here.x > 0u) {
    let cell = vec2u(i % params.grid.x, i / params.grid.x);
    inside = isSetHere(((2u * cell + 1u) * params.here) / (2u * params.grid));
  }
  if (inside && params.there.x > 0u) {
    let landing = vec2f(warp[i], warp[points + i]);
    inside = isInside(landing);
    if (inside) {
      let pixel = vec2u(floor(normalisedToPixel(landing, vec2f(params.there))));
      inside = isSetThere(min(pixel, params.there - 1u));
    }
  }
  if (!inside) {
    certainty[i] = 0.0;
  }
}
