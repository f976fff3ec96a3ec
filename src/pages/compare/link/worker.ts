import type { WorkerKind, WorkerOf } from '../../../platform/worker/worker-kind.ts';
import type { CompareApi, CompareProgress } from '../contract.ts';

export type CompareWorkerLike = WorkerOf<CompareApi, CompareProgress>;

/** The worker that encodes and compares. */
export const COMPARING: WorkerKind = {
  code: 'compare',
  name: 'comparing worker',
  crashRemedy: 'Compare again with fewer encoders or a smaller size.',
  deviceLost: {
    code: 'compare-device-lost',
    message: (reason) => `The graphics device was lost while comparing (${reason}). It is computed again.`,
    remedy: 'If it keeps happening, choose a smaller size.',
  },
};

/** Vite finds the file by this very expression, so it must stay literal. */
export function spawnCompareWorker(): CompareWorkerLike {
  const worker = new Worker(new URL('../worker/compare-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-compare',
  });
  return worker as CompareWorkerLike;
}
