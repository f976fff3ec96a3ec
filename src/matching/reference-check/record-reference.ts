import { CodedError } from '../../core/errors.ts';
import type { ReferenceManifest } from '../../models/manifest.ts';
import { AnyOriginWorker } from '../../platform/worker/any-origin-worker.ts';
import { type NetworkOutputs, readStoredOutputs, type StoredOutputs } from './network-outputs.ts';
import type { ProbedModel } from './network-probes.ts';

/** `network`: of a model that is no whole matcher. */
export interface ReferenceRequest {
  manifestUrl: string;
  network?: ProbedModel['kind'];
}

export type ReferenceAnswer = { reference: ReferenceManifest } | { outputs: StoredOutputs } | { failure: string };

/** A large network on one WASM thread takes its time; nobody waits longer for a check. Milliseconds. */
const LONGEST = 180_000;

type Spawn = () => Worker;
const spawnHere: Spawn = () => spawnReferenceWorker(AnyOriginWorker);

/**
 * What a model says of the synthetic pair on WASM, in a worker of its own; null where WASM cannot run it (too large) or not
 * in time: then the model is used unchecked.
 * @throws CodedError `cancelled`
 */
export async function recordReference(
  manifestUrl: string,
  signal?: AbortSignal,
  spawn = spawnHere,
): Promise<ReferenceManifest | null> {
  const answer = await ask({ manifestUrl }, signal, spawn);
  return answer && 'reference' in answer ? answer.reference : null;
}

/** The same of a network that is no matcher. @throws CodedError `cancelled` */
export async function recordNetwork(
  { manifestUrl, kind }: Pick<ProbedModel, 'manifestUrl' | 'kind'>,
  signal?: AbortSignal,
  spawn = spawnHere,
): Promise<NetworkOutputs | null> {
  const answer = await ask({ manifestUrl, network: kind }, signal, spawn);
  return answer && 'outputs' in answer ? readStoredOutputs(answer.outputs) : null;
}

/** null where the worker dies or takes too long. */
function ask(
  request: ReferenceRequest,
  signal: AbortSignal | undefined,
  spawn: Spawn,
): Promise<ReferenceAnswer | null> {
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
    worker.onmessage = ({ data }: MessageEvent<ReferenceAnswer>) => end(() => resolve(data));
    worker.onerror = (event) => {
      event.preventDefault?.();
      end(() => resolve(null));
    };
    worker.postMessage(request);
  });
}

/** Vite finds the file by this very expression, so it must stay literal: only what `Worker` means is passed in. */
function spawnReferenceWorker(Worker: typeof globalThis.Worker): Worker {
  return new Worker(new URL('./reference-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-reference',
  });
}
