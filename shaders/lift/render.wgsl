// The photo's mesh seen by camera b. Reference: src/pages/lift/passes/render/cpu.ts and raster.ts. Vertices are
// pulled from the depth map; the index buffer is that of mesh.wgsl.

#import "cameras.wgsl"

override RIM_CONTINUATION: f32;

@group(0) @binding(0) var<uniform> params: Cameras;
@group(0) @binding(1) var<storage, read> depth: array<f32>;

// A vertex of the mesh: its place in the photo (pixels), its depth there, its point in camera b's frame.
struct MeshVertex {
  place: vec2f,
  depth: f32,
  point: vec3f,
}

struct Varying {
  @builtin(position) position: vec4f,
  // x · z, y · z and z in the photo's camera: linear on a flat triangle, so that their quotients are right.
  @location(0) place: vec3f,
  // First vertex of the triangle, as column and row of the mesh.
  @location(1) @interpolate(flat) corner: vec2u,
}

fn depthAt(p: vec2i) -> f32 {
  let q = vec2u(clamp(p, vec2i(0), vec2i(params.sizeA) - 1));
  return depth[q.y * params.sizeA.x + q.x];
}

// How the inverse depth changes from a neighbour to here, 0 where they are not of one surface.
fn slopeFrom(neighbour: f32, inverse: f32) -> f32 {
  if (!(neighbour > 0.0)) {
    return 0.0;
  }
  let change = inverse - 1.0 / neighbour;
  return select(0.0, change, abs(change) <= RIM_CONTINUATION * inverse);
}

// Vertex at a column and row of the mesh, whose rim lies on the photo's border.
fn meshVertex(corner: vec2u) -> MeshVertex {
  let wanted = vec2i(corner) - 1;
  let pixel = clamp(wanted, vec2i(0), vec2i(params.sizeA) - 1);
  let outward = wanted - pixel;
  var z = depthAt(pixel);
  if (any(outward != vec2i(0)) && z > 0.0) {
    let inverse = 1.0 / z;
    let across = slopeFrom(depthAt(vec2i(pixel.x - outward.x, pixel.y)), inverse);
    let down = slopeFrom(depthAt(vec2i(pixel.x, pixel.y - outward.y)), inverse);
    z = 1.0 / (inverse + 0.5 * (across + down));
  }
  let place = vec2f(pixel) + 0.5 + 0.5 * vec2f(outward);
  return MeshVertex(place, z, pointInB(params, place, z));
}

@vertex
fn transform(@builtin(vertex_index) index: u32) -> Varying {
  let columns = params.sizeA.x + 2u;
  let corner = vec2u(index % columns, index / columns);
  let vertex = meshVertex(corner);
  let point = vertex.point;
  let onScreen = params.focalB * point.xy + params.centreB * point.z;
  let clip = 2.0 * onScreen / vec2f(params.sizeB) - point.z;
  // Reversed depth without a far plane, near / z: even precision over the whole range.
  let position = vec4f(clip.x, -clip.y, params.near, point.z);
  return Varying(position, vec3f(vertex.place * vertex.depth, vertex.depth), corner);
}

// Place in the photo (pixels) and depth in camera b. The back of a surface is a hole: depth 0.
//
// Rasterisers move vertices to a grid of as little as 1/16 pixel, which would move the place as much. So the pixel's
// ray is met with the triangle itself (Möller and Trumbore 1997); what was interpolated only says which of the two
// triangles that begin with this vertex it is.
@fragment
fn shade(drawn: Varying, @builtin(front_facing) isFront: bool) -> @location(0) vec4f {
  let first = meshVertex(drawn.corner);
  let offset = drawn.place.xy / drawn.place.z - first.place;
  let isUpper = offset.x + offset.y > 0.0;
  let second = meshVertex(select(drawn.corner - vec2u(1u, 0u), drawn.corner + vec2u(1u, 0u), isUpper));
  let third = meshVertex(select(drawn.corner - vec2u(0u, 1u), drawn.corner + vec2u(0u, 1u), isUpper));
  let ray = vec3f((drawn.position.xy - params.centreB) / params.focalB, 1.0);
  let toSecond = second.point - first.point;
  let toThird = third.point - first.point;
  let across = cross(ray, toThird);
  let down = cross(toSecond, first.point);
  let share = vec2f(-dot(first.point, across), dot(ray, down)) / dot(toSecond, across);
  // The grid may have drawn a pixel a little outside the triangle, whose plane then goes on; seen edge-on, not far.
  let kept = clamp(share, vec2f(-1.0), vec2f(2.0));
  let weight = vec3f(1.0 - kept.x - kept.y, kept);
  let z = max(dot(weight, vec3f(first.point.z, second.point.z, third.point.z)), params.near);
  let inPhoto = weight * vec3f(first.depth, second.depth, third.depth);
  let place = (inPhoto.x * first.place + inPhoto.y * second.place + inPhoto.z * third.place)
    / (inPhoto.x + inPhoto.y + inPhoto.z);
  return vec4f(clamp(place, vec2f(0.0), vec2f(params.sizeA)), select(0.0, z, isFront), 1.0);
}
