// The raster's places and depths as the view that the other passes take. Reference:
// src/pages/lift/passes/render/cpu.ts.

#import "cameras.wgsl"
#import "read-colour.wgsl"

@group(0) @binding(0) var<uniform> params: Cameras;
@group(0) @binding(1) var raster: texture_2d<f32>;
@group(0) @binding(2) var photo: texture_2d<f32>;
@group(0) @binding(3) var colour: texture_storage_2d<rgba8unorm, write>;
@group(0) @binding(4) var<storage, read_write> depth: array<f32>;
@group(0) @binding(5) var<storage, read_write> warp: array<f32>;
@group(0) @binding(6) var<storage, read_write> visible: array<u32>;

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.sizeB)) {
    return;
  }
  let i = id.y * params.sizeB.x + id.x;
  let points = params.sizeB.x * params.sizeB.y;
  let drawn = textureLoad(raster, id.xy, 0);
  let isVisible = drawn.z > 0.0;
  let unit = drawn.xy / vec2f(params.sizeA);
  let place = select(vec2f(WARP_NOWHERE), 2.0 * unit - 1.0, isVisible);
  depth[i] = drawn.z;
  warp[i] = place.x;
  warp[points + i] = place.y;
  visible[i] = u32(isVisible);
  textureStore(colour, id.xy, select(vec4f(0.0), vec4f(readColour(photo, unit), 1.0), isVisible));
}
