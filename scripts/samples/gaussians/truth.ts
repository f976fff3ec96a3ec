import type { Matrix3 } from '../../../src/core/matrix3.ts';
import { type SplatCamera, translationAt } from '../../../src/gaussians/camera.ts';
import { type SolidShape, WORLD_AXES } from '../../../src/gaussians/truth/solid.ts';
import type { CameraPose } from '../camera.ts';
import { Camera } from '../camera.ts';
import { Solid } from '../primitive.ts';
import { orbitPose, sampleScene, turned } from './scene.ts';

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

/** The solids of the sample scene in the axes of its Gaussians. */
export const sampleSurfaces = (): SolidShape[] =>
  sampleScene().primitives.map((primitive) => {
    if (!(primitive instanceof Solid)) throw new Error('The sample scene has a surface that no file holds.');
    const { at, axes, ...shape } = primitive.solid;
    const [x, y, z] = axes ?? WORLD_AXES;
    return { ...shape, at: turned(at), axes: [turned(x), turned(y), turned(z)] };
  });
