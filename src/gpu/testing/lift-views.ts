import type { Size } from '../../shared/geometry.ts';
import { camerasOf } from '../../shared/lift/camera.ts';
import type { CameraPair } from '../../shared/lift/camera.ts';
import type { CameraMotion } from '../../shared/lift/settings.ts';
import { medianDepth } from '../reference/lift/depth.ts';
import { liftMesh } from '../reference/lift/mesh.ts';
import type { LiftMesh } from '../reference/lift/mesh.ts';
import type { Pixels } from '../reference/preprocess.ts';
import { SCENES, sceneMaps } from './lift-scenes.ts';
import type { SceneName } from './lift-scenes.ts';
import { makePhoto } from './stage.ts';

/** Views from which everything is seen at about the photo's scale, so that a pixel is a pixel in both. */
export const MOTIONS = {
  still: { rotation: [0, 0, 0], translation: [0, 0, 0], zoom: 1 },
  aside: { rotation: [0, 10, 0], translation: [-0.15, 0.02, 0], zoom: 1 },
  turned: { rotation: [4, -6, 25], translation: [0.1, 0.05, -0.15], zoom: 0.7 },
} as const satisfies Record<string, CameraMotion>;
export type MotionName = keyof typeof MOTIONS;

export const EDGE = 0.1;
export const TOLERANCE = 0.02;

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
