import type { Progress } from '../../../core/match.ts';
import { AnyOriginWorker } from '../../../platform/worker/any-origin-worker.ts';
import type { CallOptions as WorkerCallOptions } from '../../../platform/worker/worker-client.ts';
import type { WorkerKind, WorkerOf } from '../../../platform/worker/worker-kind.ts';
import type { EngineApi } from '../contract/protocol.ts';

export type EngineWorkerLike = WorkerOf<EngineApi, Progress>;

export type CallOptions = WorkerCallOptions<Progress>;

/** The worker that matches and draws: of the page, of an embed, and a second one of a batch. */
const MATCHING: WorkerKind = {
  code: 'engine',
  name: 'matching engine',
  crashRemedy: 'It is started again by itself. If it keeps happening, choose a smaller input size or close other tabs.',
  deviceLost: {
    code: 'device-lost',
    message: (reason) => `The graphics device was lost (${reason}). The engine starts again with your photos.`,
    remedy: 'If it keeps happening, choose a smaller input size or run the model on the CPU in the settings.',
  },
};

/** Started by the stage, which gives it a canvas for each life. */
export const ENGINE: WorkerKind = { ...MATCHING, lives: 4 };

/** Started by the pair that needs it. */
export const BATCH_ENGINE: WorkerKind = {
  ...MATCHING,
  deviceLost: {
    code: 'device-lost',
    message: () => 'The graphics device was lost.',
    remedy: 'Match this pair again, with a smaller input size or on the processor.',
  },
};

/** Starts the engine's module worker, also in sandboxed frames and from another origin. */
export const spawnEngine = (): EngineWorkerLike => spawn(AnyOriginWorker);

/** Vite finds the file by this very expression, so it must stay literal: only what `Worker` means is passed in. */
function spawn(Worker: typeof globalThis.Worker): EngineWorkerLike {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-engine',
  });
  return worker as EngineWorkerLike;
}
