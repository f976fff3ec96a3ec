// Index list of the photo's mesh without the triangles across depth edges. Reference: src/pages/lift/passes/mesh/cpu.ts.

struct Params {
  size: vec2u,
  edge: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> disparity: array<f32>;
@group(0) @binding(2) var<storage, read> depth: array<f32>;
@group(0) @binding(3) var<storage, read_write> kinds: array<u32>;
@group(0) @binding(4) var<storage, read_write> indices: array<u32>;

fn disparityAt(x: i32, y: i32) -> f32 {
  let p = vec2u(clamp(vec2i(x, y), vec2i(0), vec2i(params.size) - 1));
  return disparity[p.y * params.size.x + p.x];
}

// 0: a surface, 1: on a depth edge, 4: nothing there.
@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn classify(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let x = i32(id.x);
  let y = i32(id.y);
  let a = disparityAt(x - 1, y - 1);
  let b = disparityAt(x, y - 1);
  let c = disparityAt(x + 1, y - 1);
  let d = disparityAt(x - 1, y);
  let e = disparityAt(x + 1, y);
  let f = disparityAt(x - 1, y + 1);
  let g = disparityAt(x, y + 1);
  let h = disparityAt(x + 1, y + 1);
  let dx = c - a + 2.0 * (e - d) + h - f;
  let dy = f - a + 2.0 * (g - b) + h - c;
  let i = id.y * params.size.x + id.x;
  let isEdge = 0.25 * sqrt(dx * dx + dy * dy) > params.edge;
  kinds[i] = select(4u, select(0u, 1u, isEdge), depth[i] > 0.0);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn connect(@builtin(global_invocation_id) id: vec3u) {
  let width = params.size.x;
  if (any(id.xy > params.size)) {
    return;
  }
  let upper = max(id.y, 1u) - 1u;
  let lower = min(id.y, params.size.y - 1u);
  let left = max(id.x, 1u) - 1u;
  let right = min(id.x, width - 1u);
  let a = kinds[upper * width + left];
  let b = kinds[upper * width + right];
  let c = kinds[lower * width + left];
  let d = kinds[lower * width + right];
  let topLeft = id.y * (width + 2u) + id.x;
  let bottomLeft = topLeft + width + 2u;
  let at = 6u * (id.y * (width + 1u) + id.x);
  let first = a + b + c < 3u;
  indices[at] = select(0u, topLeft, first);
  indices[at + 1u] = select(0u, topLeft + 1u, first);
  indices[at + 2u] = select(0u, bottomLeft, first);
  let second = b + c + d < 3u;
  indices[at + 3u] = select(0u, bottomLeft + 1u, second);
  indices[at + 4u] = select(0u, bottomLeft, second);
  indices[at + 5u] = select(0u, topLeft + 1u, second);
}
