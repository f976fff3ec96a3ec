import { basename } from 'node:path';
import { type Matrix3, multiply3 } from '../../src/core/matrix3.ts';
import { raysOf } from '../../src/geometry/epipolar.ts';
import { apply3, transpose3, type Vector3 } from '../../src/geometry/linear-algebra.ts';
import { triangulate } from '../../src/geometry/triangulate.ts';
import type { EvaluationPair } from '../evaluate/pairs.ts';

/** A camera of a scene. */
export interface Camera {
  /** World to camera. */
  rotation: Matrix3;
  /** In the world. */
  centre: Vector3;
}

/** A known relative pose: x_b = rotation · x_a + translation, of length 1. */
export interface KnownPose {
  a: string;
  b: string;
  rotation: Matrix3;
  translation: Vector3;
  /** [photo's name] depth of each known point by its place in that photo, at a translation of length 1. */
  depths: Map<string, Map<string, number>>;
}

/** The pairs of a list that have poses. */
export function knownPoses(pairs: readonly EvaluationPair[]): KnownPose[] {
  return pairs.flatMap(({ a, b, cameras, points }) => {
    if (!cameras) return [];
    const { T, K0, K1 } = cameras;
    const rotation: Matrix3 = [T[0], T[1], T[2], T[4], T[5], T[6], T[8], T[9], T[10]];
    const translation: Vector3 = [T[3], T[7], T[11]];
    const column = (k: number) => (points ?? []).map((row) => row[k]);
    const rays = raysOf({ xa: column(0), ya: column(1), xb: column(2), yb: column(3) }, K0, K1);
    const depths = new Map([a, b].map((path) => [basename(path), new Map<string, number>()]));
    points?.forEach(([xa, ya, xb, yb], i) => {
      const found = triangulate(rays, i, { rotation, translation });
      // Rays that hardly cross tell no depth.
      if (!found || found.parallax < 0.03) return;
      depths.get(basename(a))!.set(`${xa},${ya}`, found.depthA);
      depths.get(basename(b))!.set(`${xb},${yb}`, found.depthB);
    });
    return [{ a: basename(a), b: basename(b), rotation, translation, depths }];
  });
}

/**
 * Cameras of all photos that relative poses tie together. Each is known up to its length; two that share a photo share points
 * there, whose depths tell how their lengths compare.
 */
export function trueCameras(poses: readonly KnownPose[]): Map<string, Camera> {
  const [first] = poses;
  const cameras = new Map<string, Camera>();
  const lengths = new Map<KnownPose, number>([[first, 1]]);
  cameras.set(first.a, { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], centre: [0, 0, 0] });
  for (let round = 0; round < poses.length; round++) {
    for (const pose of poses) {
      if (!lengths.has(pose)) {
        const known = poses.find((other) => lengths.has(other) && ratio(pose, other) !== null);
        if (known) lengths.set(pose, lengths.get(known)! * ratio(pose, known)!);
      }
      if (lengths.has(pose)) place(cameras, pose, lengths.get(pose)!);
    }
  }
  return cameras;
}

function place(cameras: Map<string, Camera>, { a, b, rotation, translation }: KnownPose, length: number): void {
  const [atA, atB] = [cameras.get(a), cameras.get(b)];
  if (atA && !atB) {
    const turned = multiply3(rotation, atA.rotation);
    // Camera a lies at `translation` in b's frame.
    const step = apply3(transpose3(turned), translation);
    cameras.set(b, { rotation: turned, centre: moved(atA.centre, step, -length) });
  } else if (atB && !atA) {
    const step = apply3(transpose3(atB.rotation), translation);
    cameras.set(a, {
      rotation: multiply3(transpose3(rotation), atB.rotation),
      centre: moved(atB.centre, step, length),
    });
  }
}

const moved = (p: Vector3, step: Vector3, length: number): Vector3 => [
  p[0] + length * step[0],
  p[1] + length * step[1],
  p[2] + length * step[2],
];

/** How many times longer one translation is than another's, by the depths of points that both know; null if too few. */
function ratio(of: KnownPose, to: KnownPose): number | null {
  const ratios: number[] = [];
  for (const [photo, depths] of of.depths) {
    for (const [place, depth] of to.depths.get(photo) ?? []) {
      const own = depths.get(place);
      if (own !== undefined) ratios.push(depth / own);
    }
  }
  if (ratios.length < 30) return null;
  return ratios.sort((p, q) => p - q)[ratios.length >> 1];
}
