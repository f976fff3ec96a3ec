// Surface normals of a depth map, facing the camera. Reference: src/pages/lift/passes/normals/cpu.ts.

override JUMP: f32;

struct Params {
  size: vec2u,
  focal: vec2f,
  centre: vec2f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> depth: array<f32>;
@group(0) @binding(2) var<storage, read_write> normals: array<f32>;

// A neighbour's depth, and whether it lies on the same surface.
struct Neighbour {
  depth: f32,
  counts: f32,
}

fn neighbour(place: vec2i, z: f32) -> Neighbour {
  if (any(place < vec2i(0)) || any(place >= vec2i(params.size))) {
    return Neighbour(z, 0.0);
  }
  let other = depth[u32(place.y) * params.size.x + u32(place.x)];
  if (other > 0.0 && abs(other - z) <= JUMP * z) {
    return Neighbour(other, 1.0);
  }
  return Neighbour(z, 0.0);
}

// Depth's slope per pixel along an axis; `facing` where no neighbour counts.
fn slope(place: vec2i, axis: vec2i, z: f32, facing: f32) -> f32 {
  let before = neighbour(place - axis, z);
  let after = neighbour(place + axis, z);
  let count = before.counts + after.counts;
  return select(facing, (after.depth - before.depth) / max(count, 1.0), count > 0.0);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let points = params.size.x * params.size.y;
  let i = id.y * params.size.x + id.x;
  let z = depth[i];
  var normal = vec3f(0.0);
  if (z > 0.0) {
    let place = vec2i(id.xy);
    let ray = (vec2f(id.xy) + 0.5 - params.centre) / params.focal;
    let facing = -z * ray / (params.focal * (1.0 + dot(ray, ray)));
    let across = vec2f(slope(place, vec2i(1, 0), z, facing.x), slope(place, vec2i(0, 1), z, facing.y)) * params.focal;
    normal = vec3f(across, -(z + dot(ray, across)));
    normal *= select(-1.0, 1.0, dot(normal, vec3f(ray, 1.0)) <= 0.0) / max(1e-20, length(normal));
  }
  normals[i] = normal.x;
  normals[points + i] = normal.y;
  normals[2u * points + i] = normal.z;
}
