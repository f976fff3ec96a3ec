import type { Size } from '../../../core/geometry.ts';
import { camerasOf } from '../../../geometry/pinhole.ts';
import type { CameraPair, CameraMotion } from '../../../geometry/pinhole.ts';
import { medianDepth } from '../passes/depth/cpu.ts';
import { liftMesh } from '../passes/mesh/cpu.ts';
import type { LiftMesh } from '../passes/mesh/cpu.ts';
import type { Pixels } from '../../../compute/preprocess/cpu.ts';
import { SCENES, sceneMaps } from './lift-scenes.ts';
import type { SceneName } from './lift-scenes.ts';
import { makePhoto } from '../../match/testing/stage.ts';

/** Views from which everything is seen at about the photo's scale, so that a pixel is a pixel in both. */
export const MOTIONS = {
  still: { rotation: [0, 0, 0], translation: [0, 0, 0], zoom: 1 },
  aside: { rotation: [0, 10, 0], translation: [-0.15, 0.02, 0], zoom: 1 },
  turned: { rotation: [4, -6, 25], translation: [0.1, 0.05, -0.15], zoom: 0.7 },
} as const satisfies Record<string, CameraMotion>;
export type MotionName = keyof typeof MOTIONS;

/** The step of lift-scenes.ts lies between two pixels of a photo of this size. */
export const SHOT_SIZE: Size = { width: 121, height: 87 };
export const EDGE = 0.1;
export const TOLERANCE = 0.02;

/** Views far from the photo's, in which surfaces turn their backs or lie behind the camera. */
export const FAR_MOTIONS: [name: string, motion: CameraMotion][] = [
  ['orbit of 90°', { rotation: [0, 90, 0], translation: [-1, 0, 1], zoom: 1 }],
  ['orbit of 75° over the top', { rotation: [75, 0, 0], translation: [0, 0.97, 0.74], zoom: 1 }],
  ['from behind the surface', { rotation: [0, 180, 0], translation: [0, 0, 2], zoom: 1 }],
  ['with the surface behind the camera', { rotation: [0, 0, 0], translation: [0, 0, -2], zoom: 1 }],
  ['within the surface', { rotation: [0, 40, 0], translation: [0, 0, -1], zoom: 4 }],
];

/** A photo of a scene, with all that rendering it needs. */
export interface SceneShot {
  photo: Pixels;
  depth: Float32Array;
  disparity: Float32Array;
  mesh: LiftMesh;
  cameras: CameraPair;
}

export function shootScene(name: SceneName, motion: CameraMotion, size: Size, edge = EDGE): SceneShot {
  const cameras = (unit: number) => camerasOf({ depth: { focal: 0.7 }, motion }, size, unit);
  const { depth, disparity } = sceneMaps(SCENES[name], cameras(1));
  return {
    photo: makePhoto(size, 1),
    depth,
    disparity,
    mesh: liftMesh(disparity, depth, size, edge),
    cameras: cameras(medianDepth(depth)),
  };
}
