import { forwardWarp } from '../../gpu/reference/lift/forward-warp.ts';
import { type LiftMesh, liftMesh } from '../../gpu/reference/lift/mesh.ts';
import { renderView } from '../../gpu/reference/lift/render.ts';
import { camerasOf } from '../../shared/lift/camera.ts';
import type { LiftSettings } from '../../shared/lift/settings.ts';
import type { FrameRequest, PlainFrame, Scene } from './frame.ts';
import { countFrame, frameFacts } from './frame-facts.ts';
import { liftKey, sceneDepth } from './scene-depth.ts';

/** What of a frame only depends on the scene and its depth, so that moving the camera does not make it again. */
export interface LiftedScene {
  key: string;
  mesh: LiftMesh;
  depth: Float32Array;
  medianDepth: number;
}

/** Lifts a scene, or returns `last` where it would be the same. */
export function liftScene(scene: Scene, settings: LiftSettings, last: LiftedScene | null): LiftedScene {
  const key = liftKey(scene, settings);
  if (last?.key === key) return last;
  const { disparity, depth, medianDepth } = sceneDepth(scene, settings);
  return { key, depth, medianDepth, mesh: liftMesh(disparity, depth, scene.size, settings.render.edge) };
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
  return { ...frame, facts: frameFacts(size, cameras, countFrame(frame), performance.now() - start) };
}
