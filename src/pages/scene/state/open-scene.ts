import type { Workspace } from '../../../workspace/workspace.ts';
import { spawnSceneWorker } from '../link/worker.ts';
import { Scene } from './scene.ts';

const opened = new WeakMap<Workspace, Scene>();

/** The scene page of a workspace; made when first asked for, and kept with its scene. */
export function sceneOf(workspace: Workspace): Scene {
  let scene = opened.get(workspace);
  if (!scene) {
    scene = new Scene(workspace, spawnSceneWorker);
    opened.set(workspace, scene);
  }
  return scene;
}
