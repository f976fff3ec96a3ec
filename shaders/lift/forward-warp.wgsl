// Where the photo's pixels lie in the view, and which of them it shows. Reference:
// src/pages/lift/passes/forward-warp/cpu.ts.

#import "cameras.wgsl"

@group(0) @binding(0) var<uniform> params: Cameras;
@group(0) @binding(1) var<storage, read> depth: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> rendered: array<f32>;
@group(0) @binding(4) var<storage, read_write> warp: array<f32>;
@group(0) @binding(5) var<storage, read_write> visible: array<u32>;
@group(0) @binding(6) var<storage, read_write> places: array<u32>;

// Whether any triangle of the mesh meets at this pixel.
fn isOnMesh(pixel: vec2u) -> bool {
  let cellsAcross = params.sizeA.x + 1u;
  let topLeft = 6u * (pixel.y * cellsAcross + pixel.x);
  let bottomLeft = topLeft + 6u * cellsAcross;
  let found = indices[topLeft + 3u] | indices[topLeft + 8u] | indices[topLeft + 9u]
    | indices[bottomLeft + 2u] | indices[bottomLeft + 3u] | indices[bottomLeft + 8u];
  return found != 0u;
}

fn renderedAt(pixel: vec2u) -> f32 {
  return rendered[pixel.y * params.sizeB.x + pixel.x];
}

fn isNear(depth: f32, other: vec4f) -> vec4<bool> {
  return abs(vec4f(depth) - other) <= params.tolerance * other;
}

// Whether the view's depth map shows a surface at place p (pixels) with this depth.
fn isRendered(p: vec2f, z: f32) -> bool {
  let nearest = renderedAt(min(vec2u(p), params.sizeB - 1u));
  if (isNear(z, vec4f(nearest)).x) {
    return true;
  }
  let position = clamp(p - 0.5, vec2f(0.0), vec2f(params.sizeB) - 1.0);
  let low = vec2u(position);
  let high = min(low + 1u, params.sizeB - 1u);
  let corners = vec4f(
    renderedAt(low),
    renderedAt(vec2u(high.x, low.y)),
    renderedAt(vec2u(low.x, high.y)),
    renderedAt(high),
  );
  // At the outline of its own surface the nearest pixel may show what lies behind, or a hole.
  if (!(nearest > 0.0) || nearest > z) {
    return any(isNear(z, corners));
  }
  if (any(corners <= vec4f(0.0))) {
    return false;
  }
  let f = position - vec2f(low);
  let between = mix(mix(corners.x, corners.y, f.x), mix(corners.z, corners.w, f.x), f.y);
  return isNear(z, vec4f(between)).x;
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.sizeA)) {
    return;
  }
  let i = id.y * params.sizeA.x + id.x;
  let points = params.sizeA.x * params.sizeA.y;
  let z = depth[i];
  var place = vec2f(WARP_NOWHERE);
  var kind: u32 = NONE;
  if (z > 0.0) {
    let isSurface = isOnMesh(id.xy);
    kind = u32(select(NONE, HIDDEN, isSurface));
    let point = pointInB(params, vec2f(id.xy) + 0.5, z);
    if (point.z >= params.near) {
      let p = params.focalB * point.xy / point.z + params.centreB;
      place = 2.0 * p / vec2f(params.sizeB) - 1.0;
      let isWithin = all(p >= vec2f(0.0)) && all(p < vec2f(params.sizeB));
      if (isSurface && isWithin && isRendered(p, point.z)) {
        kind = VISIBLE;
      }
    }
  }
  warp[i] = place.x;
  warp[points + i] = place.y;
  visible[i] = u32(kind == VISIBLE);
  places[i] = kind;
}
