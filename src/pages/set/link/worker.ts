import type { WorkerKind, WorkerOf } from '../../../platform/worker/worker-kind.ts';
import type { SetApi, SetProgress } from '../contract/api.ts';

export type SetWorkerLike = WorkerOf<SetApi, SetProgress>;

/** The worker that matches sets of photos. */
export const SETS: WorkerKind = {
  code: 'set',
  name: 'set page’s worker',
  crashRemedy: 'Choose a smaller input size, or fewer photos, if it happens again.',
  deviceLost: {
    code: 'set-device-lost',
    message: (reason) =>
      `The graphics device was lost while the set was matched (${reason}). Matching goes on; pairs that are done stay.`,
    remedy: 'Choose a smaller input size if it happens again.',
  },
};

/** Vite finds the file by this very expression, so it must stay literal. */
export function spawnSetWorker(): SetWorkerLike {
  const worker = new Worker(new URL('../worker/set-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-set',
  });
  return worker as SetWorkerLike;
}
