import { type Orbit, ORBIT_FOV, orbitView, type Vec3 } from '../../../../core/viewer/orbit.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';

/** A straight line between two places; r, g, b 0…1. */
export interface CloudLine {
  start: Vec3;
  end: Vec3;
  color: readonly [number, number, number];
}

export interface CloudScene {
  /** x, y, z of every point. */
  positions: Float32Array;
  /** r, g, b of every point, bytes. */
  colors: Uint8Array;
  lines: readonly CloudLine[];
}

/** The uniform `View` of shaders/match/draw-cloud.wgsl, which explains the members. */
export interface CloudUniforms {
  right: Vec3;
  down: Vec3;
  forward: Vec3;
  eye: Vec3;
  size: readonly [width: number, height: number];
  focal: number;
  pointRadius: number;
  lineWidth: number;
  near: number;
}

/** Share of the viewer's distance from its target at which the near plane lies. */
const NEAR = 0.02;

/** What a viewer on an orbit sees on a picture of `size` device pixels; the other lengths are in device pixels too. */
export function cloudUniforms(
  orbit: Orbit,
  size: readonly [number, number],
  pointRadius: number,
  lineWidth: number,
): CloudUniforms {
  const { rows, eye } = orbitView(orbit);
  const [right, down, forward] = rows;
  const focal = Math.min(...size) / 2 / Math.tan(ORBIT_FOV / 2);
  return { right, down, forward, eye, size, focal, pointRadius, lineWidth, near: NEAR * orbit.distance };
}

/** Words of a point and of a line as the shader reads them. */
export const POINT_WORDS = 4;
export const LINE_WORDS = 8;

export function packPoints({ positions, colors }: Pick<CloudScene, 'positions' | 'colors'>): Uint32Array<ArrayBuffer> {
  const count = positions.length / 3;
  const floats = new Float32Array(POINT_WORDS * count);
  const words = new Uint32Array(floats.buffer);
  for (let i = 0; i < count; i++) {
    floats.set(positions.subarray(3 * i, 3 * i + 3), POINT_WORDS * i);
    words[POINT_WORDS * i + 3] = packColor(colors[3 * i], colors[3 * i + 1], colors[3 * i + 2]);
  }
  return words;
}

export function packLines(lines: readonly CloudLine[]): Uint32Array<ArrayBuffer> {
  const floats = new Float32Array(LINE_WORDS * lines.length);
  const words = new Uint32Array(floats.buffer);
  lines.forEach(({ start, end, color }, i) => {
    const [r, g, b] = color.map((c) => Math.round(255 * c));
    floats.set(start, LINE_WORDS * i);
    floats.set(end, LINE_WORDS * i + 4);
    words[LINE_WORDS * i + 3] = words[LINE_WORDS * i + 7] = packColor(r, g, b);
  });
  return words;
}

/** Alpha last and full, as unpack4x8unorm has it. */
const packColor = (r: number, g: number, b: number) => (r | (g << 8) | (b << 16) | (255 << 24)) >>> 0;

/** The picture in plain memory: what the shader draws, and what is shown where there is no WebGPU. */
export function drawCloud(
  scene: CloudScene,
  view: CloudUniforms,
  ground: readonly number[],
): Pixels & { data: Uint8ClampedArray<ArrayBuffer> } {
  const [width, height] = view.size;
  const data = new Uint8ClampedArray(4 * width * height);
  const words = new Uint32Array(data.buffer);
  const [r, g, b] = ground.map((c) => Math.round(255 * c));
  words.fill(packColor(r, g, b));
  const depths = new Float32Array(width * height).fill(1);
  const put = (x: number, y: number, depth: number, color: number) => {
    const at = y * width + x;
    if (depth >= depths[at]) return;
    depths[at] = depth;
    words[at] = color;
  };
  drawPoints(scene, view, put);
  for (const line of scene.lines) drawLine(line, view, put);
  return { data, width, height };
}

type Put = (x: number, y: number, depth: number, color: number) => void;

function drawPoints({ positions, colors }: CloudScene, view: CloudUniforms, put: Put): void {
  const { right, down, forward, eye, size, focal, pointRadius, near } = view;
  const [width, height] = size;
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i] - eye[0];
    const y = positions[i + 1] - eye[1];
    const z = positions[i + 2] - eye[2];
    const depth = forward[0] * x + forward[1] * y + forward[2] * z;
    if (depth <= near) continue;
    const cx = width / 2 + (focal * (right[0] * x + right[1] * y + right[2] * z)) / depth;
    const cy = height / 2 + (focal * (down[0] * x + down[1] * y + down[2] * z)) / depth;
    const color = packColor(colors[i], colors[i + 1], colors[i + 2]);
    const last = { x: Math.min(width - 1, cx + pointRadius), y: Math.min(height - 1, cy + pointRadius) };
    for (let py = Math.max(0, Math.floor(cy - pointRadius)); py <= last.y; py++) {
      for (let px = Math.max(0, Math.floor(cx - pointRadius)); px <= last.x; px++) {
        if (Math.hypot(px + 0.5 - cx, py + 0.5 - cy) <= pointRadius) put(px, py, 1 - near / depth, color);
      }
    }
  }
}

function drawLine(line: CloudLine, view: CloudUniforms, put: Put): void {
  const { size, focal, near, lineWidth } = view;
  const [start, end] = [toView(line.start, view), toView(line.end, view)];
  const least = 1.001 * near;
  if (Math.max(start[2], end[2]) <= least) return;
  const a = clippedAt(least, start, end);
  const b = clippedAt(least, end, start);
  const screen = (p: Vec3) => [size[0] / 2 + (focal * p[0]) / p[2], size[1] / 2 + (focal * p[1]) / p[2]];
  const [ax, ay] = screen(a);
  const [bx, by] = screen(b);
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 1e-6) return;
  const [dx, dy] = [(bx - ax) / length, (by - ay) / length];
  const [depthA, depthB] = [1 - near / a[2], 1 - near / b[2]];
  const color = packColor(...(line.color.map((c) => Math.round(255 * c)) as [number, number, number]));
  // The pixels near the line, row by row or column by column along its longer direction: never the whole picture.
  const steep = Math.abs(dy) > Math.abs(dx);
  const [from, to] = steep ? [Math.min(ay, by), Math.max(ay, by)] : [Math.min(ax, bx), Math.max(ax, bx)];
  const limit = steep ? size[1] : size[0];
  const breadth = lineWidth + 2;
  for (let major = Math.max(0, Math.floor(from - breadth)); major <= Math.min(limit - 1, to + breadth); major++) {
    const share = steep ? (major + 0.5 - ay) / dy : (major + 0.5 - ax) / dx;
    const middle = steep ? ax + share * dx : ay + share * dy;
    const end = Math.min((steep ? size[0] : size[1]) - 1, middle + breadth);
    for (let minor = Math.max(0, Math.floor(middle - breadth)); minor <= end; minor++) {
      const [x, y] = steep ? [minor, major] : [major, minor];
      const [ox, oy] = [x + 0.5 - ax, y + 0.5 - ay];
      const travelled = ox * dx + oy * dy;
      if (travelled < 0 || travelled > length || Math.abs(ox * dy - oy * dx) > lineWidth / 2) continue;
      put(x, y, depthA + ((depthB - depthA) * travelled) / length, color);
    }
  }
}

function toView(place: Vec3, { right, down, forward, eye }: CloudUniforms): Vec3 {
  const from = place.map((value, k) => value - eye[k]);
  const along = (axis: Vec3) => axis[0] * from[0] + axis[1] * from[1] + axis[2] * from[2];
  return [along(right), along(down), along(forward)];
}

function clippedAt(least: number, p: Vec3, q: Vec3): Vec3 {
  if (p[2] >= least) return p;
  const share = (least - p[2]) / (q[2] - p[2]);
  return p.map((value, k) => value + share * (q[k] - value)) as unknown as Vec3;
}
