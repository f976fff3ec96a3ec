import type { Matrix3 } from '../../../src/core/matrix3.ts';
import type { Vector3 } from '../../../src/core/rotation.ts';
import { cameraCentre, relativePose, type SplatCamera, translationAt } from '../../../src/gaussians/camera.ts';
import type { SideLabels } from '../../../src/gaussians/pairs/labels.ts';
import { STATE } from '../../../src/gaussians/pairs/labels.ts';
import type { Bvh } from '../bvh.ts';
import type { CameraPose } from '../camera.ts';
import { Camera } from '../camera.ts';
import type { Ray } from '../primitive.ts';
import { orbitPose, turned } from './scene.ts';

/** A pose of the sample's world as a camera of the scene of Gaussians. */
export function splatCamera(pose: CameraPose, width: number, height: number): SplatCamera {
  const camera = new Camera(pose, width, height);
  const [fx, , cx, , fy, cy] = camera.intrinsics();
  const rotation = camera.axes().flatMap((axis) => [...turned(axis)]) as unknown as Matrix3;
  return { width, height, fx, fy, cx, cy, rotation, translation: translationAt(rotation, turned(camera.position)) };
}

/** The cameras that come with the scene: three rows of five before the table. */
export function sampleCameras(width: number, height: number): { name: string; camera: SplatCamera }[] {
  return [14, 28, 44].flatMap((up, row) =>
    [-50, -25, 0, 25, 50].map((side, column) => ({
      name: `view-${row * 5 + column + 1}`,
      camera: splatCamera(orbitPose(side + 6 * (row - 1), up, 1.3 + 0.1 * ((row + column) % 3)), width, height),
    })),
  );
}

/** The ray through a place in a picture of the scene, in the sample's world; t is the depth along the axis. */
export function trueRay(camera: SplatCamera, x: number, y: number): Ray {
  const [u, v] = [(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy];
  const r = camera.rotation;
  const [ox, oy, oz] = turned(cameraCentre(camera));
  const [dx, dy, dz] = turned([0, 1, 2].map((k) => r[k] * u + r[3 + k] * v + r[6 + k]) as unknown as Vector3);
  return { ox, oy, oz, dx, dy, dz };
}

/** Depth of the true surface at a place, or null where there is none. */
export const trueDepth = (bvh: Bvh, camera: SplatCamera, x: number, y: number): number | null =>
  bvh.nearest(trueRay(camera, x, y))?.t ?? null;

/**
 * End-point errors in pixels of the labels that say "visible" at every `step`-th pixel of `a`: how far the place in `b`
 * is from where the true surface lies there. Infinite where there is no surface.
 */
export function endPointErrors(bvh: Bvh, a: SplatCamera, b: SplatCamera, labels: SideLabels, step = 1): number[] {
  const { width, height, warp, state } = labels;
  const { rotation: r, translation: t } = relativePose(a, b);
  const errors: number[] = [];
  for (let i = 0; i < width * height; i += step) {
    if (state[i] !== STATE.visible) continue;
    const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    const z = trueDepth(bvh, a, x, y);
    if (z === null) {
      errors.push(Infinity);
      continue;
    }
    const [px, py] = [((x - a.cx) / a.fx) * z, ((y - a.cy) / a.fy) * z];
    const [qx, qy, qz] = [0, 3, 6].map((row) => r[row] * px + r[row + 1] * py + r[row + 2] * z + t[row / 3]);
    const u = (b.width / 2) * (warp[i] + 1);
    const v = (b.height / 2) * (warp[width * height + i] + 1);
    errors.push(Math.hypot((b.fx * qx) / qz + b.cx - u, (b.fy * qy) / qz + b.cy - v));
  }
  return errors;
}
