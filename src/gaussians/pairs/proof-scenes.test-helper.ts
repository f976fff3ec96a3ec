import { apply3, rotationOf, type Vector3 } from '../../core/rotation.ts';
import { cameraCentre, cross, lookAt, normalised, type SplatCamera, transpose3, translationAt } from '../camera.ts';
import { createTable, FLAT_RATIO, type GaussianTable, logit, sh0OfColor } from '../table.ts';

/** How far along a ray a surface is met, in lengths of the direction; Infinity where it is not. */
type Meet = (origin: Vector3, direction: Vector3) => number;

/** A scene of discs on surfaces whose true shape is known. */
export interface ProofScene {
  readonly table: GaussianTable;
  readonly surfaces: readonly Meet[];
}

interface Disc {
  place: Vector3;
  normal: Vector3;
  /** Standard deviation. */
  sigma: number;
}

const add = (a: Vector3, b: Vector3, scale: number): Vector3 => [
  a[0] + scale * b[0],
  a[1] + scale * b[1],
  a[2] + scale * b[2],
];
const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** A rectangle around `centre` with its unit normal; `across` and `along` are its half sides. */
function rectangle(centre: Vector3, across: Vector3, along: Vector3, step: number, sigma = 0.8 * step) {
  const normal = normalised(cross(across, along));
  const [a, b] = [Math.hypot(...across), Math.hypot(...along)];
  const discs: Disc[] = [];
  for (let i = -Math.round(a / step); i <= Math.round(a / step); i++) {
    for (let j = -Math.round(b / step); j <= Math.round(b / step); j++) {
      const place = add(add(centre, across, (i * step) / a), along, (j * step) / b);
      discs.push({ place, normal, sigma });
    }
  }
  const meet: Meet = (o, d) => {
    const t = dot(add(centre, o, -1), normal) / dot(d, normal);
    const p = add(add(o, d, t), centre, -1);
    // The outermost discs' middles are the edge.
    const isOn = Math.abs(dot(p, across)) <= a * a * 1.0001 && Math.abs(dot(p, along)) <= b * b * 1.0001;
    return t > 1e-9 && isOn ? t : Infinity;
  };
  return { discs, meet };
}

function ball(centre: Vector3, radius: number, count: number) {
  const sigma = 0.75 * radius * Math.sqrt((4 * Math.PI) / count);
  const discs = Array.from({ length: count }, (_, i): Disc => {
    const y = 1 - (2 * i + 1) / count;
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    const r = Math.sqrt(1 - y * y);
    const normal: Vector3 = [r * Math.cos(angle), y, r * Math.sin(angle)];
    return { place: add(centre, normal, radius), normal, sigma };
  });
  const meet: Meet = (o, d) => {
    const p = add(o, centre, -1);
    const [a, b] = [dot(d, d), dot(p, d)];
    const root = Math.sqrt(b * b - a * (dot(p, p) - radius * radius));
    const near = (-b - root) / a;
    return near > 1e-9 ? near : Infinity;
  };
  return { discs, meet };
}

/** @param thickness smallest by largest deviation */
function tableOf(discs: readonly Disc[], thickness = FLAT_RATIO): GaussianTable {
  const table = createTable(discs.length, 0);
  discs.forEach(({ place, normal, sigma }, i) => {
    table.positions.set(place, 3 * i);
    table.logScales.set([sigma, sigma, sigma * thickness].map(Math.log), 3 * i);
    // The shortest turn from z to the normal.
    const q = normal[2] < -0.999999 ? [0, 1, 0, 0] : [1 + normal[2], -normal[1], normal[0], 0];
    const length = Math.hypot(...q);
    table.quaternions.set(
      q.map((value) => value / length),
      4 * i,
    );
    table.opacityLogits[i] = logit(0.97);
    const check = place.reduce((sum, value) => sum + Math.floor(2.5 * value + 0.01), 0) % 2 === 0;
    const colour = [check ? 0.85 : 0.2, 0.5 + 0.4 * Math.sin(3 * place[0]), 0.5 + 0.4 * Math.cos(3 * place[1])];
    table.sh0.set(colour.map(sh0OfColor), 3 * i);
  });
  return table;
}

const sceneOf = (parts: { discs: Disc[]; meet: Meet }[], thickness?: number): ProofScene => ({
  table: tableOf(
    parts.flatMap(({ discs }) => discs),
    thickness,
  ),
  surfaces: parts.map(({ meet }) => meet),
});

const TURN = Math.PI / 3;

const turnedPlane = (thickness?: number) =>
  sceneOf([rectangle([0, 0, 4], [2.5 * Math.cos(TURN), 0, 2.5 * Math.sin(TURN)], [0, 2.2, 0], 0.06)], thickness);

export const PROOF_SCENES = {
  /** A plane turned 60° about the vertical. */
  plane: () => turnedPlane(),
  /** The same of balls. */
  thickPlane: () => turnedPlane(1),
  sphere: () => sceneOf([ball([0, 0, 4], 1.3, 12_000)]),
  /** Quick to render, where nothing depends on how true the depth is. */
  coarseSphere: () => sceneOf([ball([0, 0, 4], 1.3, 3000)]),
  /** A part of a wall stands before the rest of it; its discs are fine, so that the edge is sharp. */
  step: () =>
    sceneOf([
      rectangle([0, 0, 5], [4, 0, 0], [0, 2.4, 0], 0.04),
      rectangle([-0.6, 0, 3.2], [0.6, 0, 0], [0, 1.6, 0], 0.014),
    ]),
  /** A room with a ball in it, from within. */
  room: () =>
    sceneOf([
      rectangle([0, 0, 6], [2.4, 0, 0], [0, 1.5, 0], 0.06),
      rectangle([-2.4, 0, 3], [0, 0, 3], [0, 1.5, 0], 0.06),
      rectangle([2.4, 0, 3], [0, 0, 3], [0, 1.5, 0], 0.06),
      rectangle([0, 1.5, 3], [2.4, 0, 0], [0, 0, 3], 0.06),
      rectangle([0, -1.5, 3], [2.4, 0, 0], [0, 0, 3], 0.06),
      ball([0.3, 0.7, 4.2], 0.5, 3000),
    ]),
} as const satisfies Record<string, () => ProofScene>;

/** The camera at the origin, 160 × 120 unless said. */
export function proofCamera(width = 160, height = 120): SplatCamera {
  const focal = 0.9 * width;
  return {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    translation: [0, 0, 0],
  };
}

/** That camera turned about (0, 0, 4) by degrees, to the side. */
export function aside(camera: SplatCamera, degrees: number, target: Vector3 = [0, 0, 4]): SplatCamera {
  const turn = rotationOf([0, (degrees * Math.PI) / 180, 0]);
  const eye = add(target, apply3(turn, add(cameraCentre(camera), target, -1)), 1);
  const rotation = lookAt(eye, target, [0, -1, 0]);
  return { ...camera, rotation, translation: translationAt(rotation, eye) };
}

/** What is met first by the ray through a pixel; `distance` in units of depth. */
export function trace(scene: ProofScene, camera: SplatCamera, x: number, y: number) {
  const ray: Vector3 = [(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, 1];
  const [origin, direction] = [cameraCentre(camera), apply3(transpose3(camera.rotation), ray)];
  let [surface, distance] = [-1, Infinity];
  scene.surfaces.forEach((meet, k) => {
    const t = meet(origin, direction);
    if (t < distance) [surface, distance] = [k, t];
  });
  return { surface, distance, point: add(origin, direction, distance) };
}

/** True places of a's pixels in b [2, h, w], normalised, (−2, −2) where a sees nothing; and whether b sees them. */
export function trueWarp(scene: ProofScene, a: SplatCamera, b: SplatCamera) {
  const points = a.width * a.height;
  const warp = new Float64Array(2 * points).fill(-2);
  const visible = new Uint8Array(points);
  const surface = new Int8Array(points);
  for (let i = 0; i < points; i++) {
    const met = trace(scene, a, (i % a.width) + 0.5, Math.floor(i / a.width) + 0.5);
    surface[i] = met.surface;
    if (met.surface < 0) continue;
    const [x, y, z] = apply3(b.rotation, met.point).map((value, k) => value + b.translation[k]);
    if (z <= 0) continue;
    const [u, v] = [(b.fx * x) / z + b.cx, (b.fy * y) / z + b.cy];
    warp[i] = (2 * u) / b.width - 1;
    warp[points + i] = (2 * v) / b.height - 1;
    if (u < 0 || v < 0 || u > b.width || v > b.height) continue;
    visible[i] = Math.abs(trace(scene, b, u, v).distance - z) < 1e-6 * z ? 1 : 0;
  }
  return { warp, visible, surface };
}
