// A point cloud as discs of one size, and lines between places (the cameras), seen by a viewer with perspective.
// Positions are device pixels. Reference: src/pages/match/views/cloud/cpu.ts.

struct View {
  // The viewer's right, down and forward.
  right: vec3f,
  down: vec3f,
  forward: vec3f,
  eye: vec3f,
  size: vec2f,
  // In pixels.
  focal: f32,
  pointRadius: f32,
  lineWidth: f32,
  // Nothing nearer is seen.
  near: f32,
}

struct CloudPoint {
  x: f32,
  y: f32,
  z: f32,
  color: u32,  // r, g, b from the lowest byte
}

struct CloudLine {
  start: CloudPoint,
  end: CloudPoint,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> points: array<CloudPoint>;
@group(0) @binding(2) var<storage, read> lines: array<CloudLine>;

struct Disc {
  @builtin(position) position: vec4f,
  @location(0) @interpolate(flat) centre: vec2f,
  @location(1) @interpolate(flat) color: vec3f,
}

struct Stroke {
  @builtin(position) position: vec4f,
  @location(0) @interpolate(flat) color: vec3f,
}

const NOWHERE = vec4f(0.0, 0.0, 2.0, 1.0);

fn toView(p: CloudPoint) -> vec3f {
  let offset = vec3f(p.x, p.y, p.z) - view.eye;
  return vec3f(dot(view.right, offset), dot(view.down, offset), dot(view.forward, offset));
}

fn onScreen(seen: vec3f) -> vec2f {
  return 0.5 * view.size + view.focal * seen.xy / seen.z;
}

// Depth grows from 0 at the near plane to 1 at infinity.
fn clipPosition(screen: vec2f, z: f32) -> vec4f {
  return vec4f(2.0 * screen.x / view.size.x - 1.0, 1.0 - 2.0 * screen.y / view.size.y, 1.0 - view.near / z, 1.0);
}

@vertex
fn pointCorner(@builtin(vertex_index) corner: u32, @builtin(instance_index) instance: u32) -> Disc {
  let point = points[instance];
  let seen = toView(point);
  var out: Disc;
  if (seen.z <= view.near) {
    out.position = NOWHERE;
    return out;
  }
  out.centre = onScreen(seen);
  out.color = unpack4x8unorm(point.color).rgb;
  let direction = vec2f(select(-1.0, 1.0, (corner & 1u) == 1u), select(-1.0, 1.0, corner >= 2u));
  out.position = clipPosition(out.centre + (view.pointRadius + 0.5) * direction, seen.z);
  return out;
}

@fragment
fn drawPoint(in: Disc) -> @location(0) vec4f {
  if (distance(in.position.xy, in.centre) > view.pointRadius) {
    discard;
  }
  return vec4f(in.color, 1.0);
}

// `p` moved along the line to `q` until it is before the near plane.
fn clippedAtNear(p: vec3f, q: vec3f) -> vec3f {
  let least = 1.001 * view.near;
  if (p.z >= least) {
    return p;
  }
  return mix(p, q, (least - p.z) / (q.z - p.z));
}

@vertex
fn lineCorner(@builtin(vertex_index) corner: u32, @builtin(instance_index) instance: u32) -> Stroke {
  let line = lines[instance];
  let start = toView(line.start);
  let end = toView(line.end);
  var out: Stroke;
  if (max(start.z, end.z) <= 1.001 * view.near) {
    out.position = NOWHERE;
    return out;
  }
  let a = clippedAtNear(start, end);
  let b = clippedAtNear(end, start);
  let along = onScreen(b) - onScreen(a);
  let normal = vec2f(-along.y, along.x) / max(length(along), 1e-6);
  let here = select(a, b, corner >= 2u);
  let across = 0.5 * view.lineWidth * select(-1.0, 1.0, (corner & 1u) == 1u);
  out.position = clipPosition(onScreen(here) + across * normal, here.z);
  out.color = unpack4x8unorm(line.start.color).rgb;
  return out;
}

@fragment
fn drawLine(in: Stroke) -> @location(0) vec4f {
  return vec4f(in.color, 1.0);
}
