import type { WorkerKind, WorkerOf } from '../../../platform/worker/worker-kind.ts';
import type { SceneProgress, SceneApi } from '../contract/api.ts';

export type SceneWorkerLike = WorkerOf<SceneApi, SceneProgress>;

/** The worker that reads and draws scenes. */
export const SCENES: WorkerKind = {
  code: 'scene',
  name: 'scene page’s worker',
  crashRemedy: 'Open a smaller scene if it happens again.',
  deviceLost: {
    code: 'scene-device-lost',
    message: (reason) => `The graphics device was lost on the scene page (${reason}).`,
    remedy: 'Open a smaller scene if it happens again.',
  },
  // One death may be bad luck; after a second without a scene opened between them the person decides about a third try.
  lives: 2,
};

/** Vite finds the file by this very expression, so it must stay literal. */
export function spawnSceneWorker(): SceneWorkerLike {
  const worker = new Worker(new URL('../worker/scene-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-scene',
  });
  return worker as SceneWorkerLike;
}
