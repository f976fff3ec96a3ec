import type { WorkerKind, WorkerOf } from '../../../platform/worker/worker-kind.ts';
import type { LiftApi, LiftProgress } from '../contract/api.ts';

export type LiftWorkerLike = WorkerOf<LiftApi, LiftProgress>;

/** The worker that lifts, renders and scores. */
export const LIFTING: WorkerKind = {
  code: 'lift',
  name: 'lift studio’s worker',
  crashRemedy: 'Choose a smaller render size if it happens again.',
  deviceLost: {
    code: 'lift-device-lost',
    message: (reason) => `The graphics device was lost in the lift studio (${reason}).`,
    remedy: 'Choose a smaller render size if it happens again.',
  },
  // One death may be bad luck; after a second without a frame between them the person decides about a third try.
  lives: 2,
};

/** Vite finds the file by this very expression, so it must stay literal. */
export function spawnLiftWorker(): LiftWorkerLike {
  const worker = new Worker(new URL('../worker/lift-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-lift',
  });
  return worker as LiftWorkerLike;
}
