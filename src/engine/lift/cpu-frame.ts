import { disparityToDepth, medianDepth } from '../../gpu/reference/lift/depth.ts';
import { forwardWarp } from '../../gpu/reference/lift/forward-warp.ts';
import { type LiftMesh, liftMesh } from '../../gpu/reference/lift/mesh.ts';
import { prepareDisparity } from '../../gpu/reference/lift/prepare-disparity.ts';
import { renderView } from '../../gpu/reference/lift/render.ts';
import { camerasOf } from '../../shared/lift/camera.ts';
import type { LiftSettings } from '../../shared/lift/settings.ts';
import type { FrameRequest, PlainFrame, Scene } from './frame.ts';
import { frameFacts } from './frame-facts.ts';

/** What of a frame only depends on the scene and its depth, so that moving the camera does not make it again. */
export interface LiftedScene {
  key: string;
  depth: Float32Array;
  medianDepth: number;
  mesh: LiftMesh;
}

/** Lifts a scene, or returns `last` where it would be the same. */
export function liftScene(scene: Scene, settings: LiftSettings, last: LiftedScene | null): LiftedScene {
  const { depth: range, sky, render } = settings;
  const key = JSON.stringify([scene.key, range, sky.threshold, render.edge]);
  if (last?.key === key) return last;
  const disparity = prepareDisparity(scene.disparity, scene.size, range);
  const mask = scene.sky && { map: scene.sky, threshold: sky.threshold };
  const depth = disparityToDepth(disparity, range, mask);
  const mesh = liftMesh(disparity, depth, scene.size, render.edge);
  return { key, depth, medianDepth: medianDepth(depth), mesh };
}

/** Both views with their truth, by the passes' references. */
export function renderFrame({ scene, settings }: FrameRequest, lifted: LiftedScene): PlainFrame {
  const start = performance.now();
  const { size, photo } = scene;
  const cameras = camerasOf(settings, size, lifted.medianDepth);
  const view = renderView(photo, lifted.mesh, cameras);
  const forward = forwardWarp(lifted.depth, lifted.mesh, view.depth, cameras, settings.render.tolerance);
  const frame: Omit<PlainFrame, 'facts'> = {
    size,
    cameras,
    medianDepth: lifted.medianDepth,
    colour: { a: photo.data, b: view.colour },
    depth: { a: lifted.depth, b: view.depth },
    warp: { a: forward.warp, b: view.warp },
    visible: { a: forward.visible, b: view.visible },
    places: forward.places,
  };
  const counts = { covered: countAbove(view.depth), visible: countAbove(forward.visible) };
  return { ...frame, facts: frameFacts(size, cameras, counts, performance.now() - start) };
}

function countAbove(values: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > 0) count++;
  return count;
}
