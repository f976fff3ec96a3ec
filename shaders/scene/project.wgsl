// EWA projection of every Gaussian. Reference: src/gaussians/raster/project.ts.

#import "../common/dispatch.wgsl"
#import "view.wgsl"
#import "splat.wgsl"

@group(0) @binding(0) var<uniform> view: View;
// Centre and opacity.
@group(0) @binding(1) var<storage, read> centres: array<vec4f>;
// Rotation (w, x, y, z), then standard deviations and how far the Gaussian gives way: above 0 on the way, below 0 on the
// way back (src/gaussians/two-view).
@group(0) @binding(2) var<storage, read> shapes: array<vec4f>;
// Coefficients in pairs of 16-bit floats: constant red, green, blue, then the next harmonic's.
@group(0) @binding(3) var<storage, read> harmonics: array<u32>;
@group(0) @binding(4) var<storage, read_write> splats: array<Splat>;
// Depth as a sortable number.
@group(0) @binding(5) var<storage, read_write> keys: array<u32>;
@group(0) @binding(6) var<storage, read_write> order: array<u32>;
// [3] a Gaussian: rows of S⁻¹Rᵀ in the camera's frame times the smallest scale (that row first), and each row times the
// centre: where rays are densest.
@group(0) @binding(7) var<storage, read_write> geometry: array<vec4f>;

fn coefficient(base: u32, k: u32) -> vec3f {
  let first = 3u * k;
  let low = unpack2x16float(harmonics[base + first / 2u]);
  let high = unpack2x16float(harmonics[base + first / 2u + 1u]);
  return select(vec3f(low.y, high), vec3f(low, high.x), (first & 1u) == 0u);
}

fn colourOf(index: u32, d: vec3f) -> vec3f {
  let terms = (view.stored + 1u) * (view.stored + 1u);
  let base = index * ((3u * terms + 1u) / 2u);
  var colour = vec3f(0.5) + 0.28209479177387814 * coefficient(base, 0u);
  if (view.degree >= 1u) {
    colour += 0.4886025119029199 *
      (-d.y * coefficient(base, 1u) + d.z * coefficient(base, 2u) - d.x * coefficient(base, 3u));
  }
  let s = d * d;
  if (view.degree >= 2u) {
    colour += 1.0925484305920792 * d.x * d.y * coefficient(base, 4u)
      - 1.0925484305920792 * d.y * d.z * coefficient(base, 5u)
      + 0.31539156525252005 * (2.0 * s.z - s.x - s.y) * coefficient(base, 6u)
      - 1.0925484305920792 * d.x * d.z * coefficient(base, 7u)
      + 0.5462742152960396 * (s.x - s.y) * coefficient(base, 8u);
  }
  if (view.degree >= 3u) {
    colour += -0.5900435899266435 * d.y * (3.0 * s.x - s.y) * coefficient(base, 9u)
      + 2.890611442640554 * d.x * d.y * d.z * coefficient(base, 10u)
      - 0.4570457994644658 * d.y * (4.0 * s.z - s.x - s.y) * coefficient(base, 11u)
      + 0.3731763325901154 * d.z * (2.0 * s.z - 3.0 * s.x - 3.0 * s.y) * coefficient(base, 12u)
      - 0.4570457994644658 * d.x * (4.0 * s.z - s.x - s.y) * coefficient(base, 13u)
      + 1.445305721320277 * d.z * (s.x - s.y) * coefficient(base, 14u)
      - 0.5900435899266435 * d.x * (s.x - 3.0 * s.y) * coefficient(base, 15u);
  }
  return max(colour, vec3f(0.0));
}

fn rotationOf(q: vec4f) -> mat3x3f {
  let w = q.x;
  let v = q.yzw;
  // Column by column.
  return mat3x3f(
    vec3f(1.0 - 2.0 * (v.y * v.y + v.z * v.z), 2.0 * (v.x * v.y + w * v.z), 2.0 * (v.x * v.z - w * v.y)),
    vec3f(2.0 * (v.x * v.y - w * v.z), 1.0 - 2.0 * (v.x * v.x + v.z * v.z), 2.0 * (v.y * v.z + w * v.x)),
    vec3f(2.0 * (v.x * v.z + w * v.y), 2.0 * (v.y * v.z - w * v.x), 1.0 - 2.0 * (v.x * v.x + v.y * v.y)),
  );
}

fn toCamera(v: vec3f) -> vec3f {
  return vec3f(dot(view.right.xyz, v), dot(view.down.xyz, v), dot(view.forward.xyz, v));
}

// What of a Gaussian `measure` needs beside the splat.
struct Shape {
  visible: bool,
  axes: mat3x3f,
  scale: vec3f,
  centre: vec3f,
}

// Writes the splat.
fn projectOne(i: u32) -> Shape {
  var shape: Shape;
  shape.visible = false;
  splats[i].conic = vec4f(0.0);
  let centre = centres[i];
  let t = toCamera(centre.xyz) + vec3f(view.right.w, view.down.w, view.forward.w);
  if (!(t.z > NEAR)) {
    return shape;
  }
  let rotation = rotationOf(shapes[2u * i]);
  let scale = shapes[2u * i + 1u].xyz;
  // The Gaussian's axes in the camera's frame.
  let axes = mat3x3f(toCamera(rotation[0]), toCamera(rotation[1]), toCamera(rotation[2]));
  let held = clamp(t.xy / t.z, -view.limit, view.limit);
  let focal = view.lens.xy / t.z;
  let alongX = vec3f(axes[0].x, axes[1].x, axes[2].x);
  let alongY = vec3f(axes[0].y, axes[1].y, axes[2].y);
  let alongZ = vec3f(axes[0].z, axes[1].z, axes[2].z);
  let u = focal.x * (alongX - held.x * alongZ) * scale;
  let v = focal.y * (alongY - held.y * alongZ) * scale;
  let xx = dot(u, u);
  let xy = dot(u, v);
  let yy = dot(v, v);
  // xx yy − xy² by Lagrange's identity, which loses no digits where the ellipse is long.
  let across = cross(u, v);
  let before = dot(across, across);
  let det = before + DILATION * (xx + yy) + DILATION * DILATION;
  let way = shapes[2u * i + 1u].w;
  var opacity = centre.w * (1.0 - select(-way * (1.0 - view.fade), way * view.fade, way > 0.0));
  if (view.antialiased == 1u) {
    opacity *= sqrt(before / det);
  }
  let reach = log(opacity / MIN_ALPHA);
  if (!(reach > 0.0) || !(det < 1e37)) {
    return shape;
  }
  let place = view.lens.xy * t.xy / t.z + view.lens.zw;
  let extent = sqrt(2.0 * reach * (vec2f(xx, yy) + DILATION));
  if (any(place + extent < vec2f(0.0)) || any(place - extent > view.size)) {
    return shape;
  }
  let least = min(scale.x, min(scale.y, scale.z));
  let middle = max(min(scale.x, scale.y), min(max(scale.x, scale.y), scale.z));
  splats[i] = Splat(
    vec4f(place, t.z, opacity),
    vec4f(vec3f(yy + DILATION, -xy, xx + DILATION) / det, reach),
    vec4f(colourOf(i, normalize(centre.xyz - view.centre)), least / middle),
  );
  shape.visible = true;
  shape.axes = axes;
  shape.scale = scale;
  shape.centre = t;
  return shape;
}

// Splats alone; the order comes from elsewhere.
@compute @workgroup_size(LINEAR_WORKGROUP)
fn look(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups);
  if (i < view.count) {
    let shape = projectOne(i);
  }
}

// Splats, and what they are sorted by.
@compute @workgroup_size(LINEAR_WORKGROUP)
fn lookSorted(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups);
  if (i < view.count) {
    let shape = projectOne(i);
    order[i] = i;
    keys[i] = select(LAST_KEY, bitcast<u32>(shape.centre.z), shape.visible);
  }
}

// And where rays are densest, for all the ways of depth.
@compute @workgroup_size(LINEAR_WORKGROUP)
fn measure(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups);
  if (i >= view.count) {
    return;
  }
  let shape = projectOne(i);
  order[i] = i;
  keys[i] = select(LAST_KEY, bitcast<u32>(shape.centre.z), shape.visible);
  if (!shape.visible) {
    return;
  }
  let scale = shape.scale;
  let least = min(scale.x, min(scale.y, scale.z));
  // The first of the smallest, as the reference takes it.
  let first = select(select(2u, 1u, scale.y <= scale.z), 0u, scale.x <= scale.y && scale.x <= scale.z);
  for (var k = 0u; k < 3u; k++) {
    let axis = (first + k) % 3u;
    let row = shape.axes[axis] * select(least / scale[axis], 1.0, k == 0u);
    geometry[3u * i + k] = vec4f(row, dot(row, shape.centre));
  }
}
