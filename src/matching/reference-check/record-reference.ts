import { CodedError } from '../../core/errors.ts';
import type { ReferenceManifest } from '../../models/manifest.ts';
import { AnyOriginWorker } from '../../platform/worker/any-origin-worker.ts';

export interface ReferenceRequest {
  manifestUrl: string;
}

export type ReferenceAnswer = { reference: ReferenceManifest } | { failure: string };

/** A large network on one WASM thread takes its time; nobody waits longer for a check. Milliseconds. */
const LONGEST = 180_000;

/**
 * What a model says of the synthetic pair on WASM, in a worker of its own; null where WASM cannot run it (too large) or not
 * in time: then the model is used unchecked.
 * @throws CodedError `cancelled`
 */
export function recordReference(
  manifestUrl: string,
  signal?: AbortSignal,
  spawn: () => Worker = () => spawnReferenceWorker(AnyOriginWorker),
): Promise<ReferenceManifest | null> {
  return new Promise((resolve, reject) => {
    const worker = spawn();
    const end = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      worker.terminate();
      finish();
    };
    const cancel = () => end(() => reject(new CodedError('cancelled', 'Cancelled.')));
    const timer = setTimeout(() => end(() => resolve(null)), LONGEST);
    signal?.addEventListener('abort', cancel);
    worker.onmessage = ({ data }: MessageEvent<ReferenceAnswer>) =>
      end(() => resolve('reference' in data ? data.reference : null));
    worker.onerror = (event) => {
      event.preventDefault?.();
      end(() => resolve(null));
    };
    worker.postMessage({ manifestUrl } satisfies ReferenceRequest);
  });
}

/** Vite finds the file by this very expression, so it must stay literal: only what `Worker` means is passed in. */
function spawnReferenceWorker(Worker: typeof globalThis.Worker): Worker {
  return new Worker(new URL('./reference-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-reference',
  });
}
