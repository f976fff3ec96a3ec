import { toPlainError } from '../../core/errors.ts';
import { Matcher } from '../matcher.ts';
import { compareOutputs } from './compare.ts';
import { checkOutputs, toReference } from './outputs.ts';
import { fetchManifest, modelFilesAt } from '../../models/fetch-model.ts';
import { LazyRuntime } from '../../platform/runtime/lazy-runtime.ts';
import { createOrtRuntime } from '../../platform/runtime/ort.ts';
import { storedOutputs } from './network-outputs.ts';
import { outputsOf } from './network-probes.ts';
import type { ReferenceAnswer, ReferenceRequest } from './record-reference.ts';

/**
 * Runs one model on WASM on the synthetic pair, answers with its outputs and is ended: a worker of its own, because sessions
 * of both providers in one exhaust its memory, and WASM never gives memory back.
 */
const scope = self as unknown as DedicatedWorkerGlobalScope;
scope.onmessage = async ({ data }: MessageEvent<ReferenceRequest>) => {
  let answer: ReferenceAnswer;
  try {
    answer = await referenceOf(data);
  } catch (error) {
    answer = { failure: toPlainError(error).message };
  }
  scope.postMessage(answer);
};

async function referenceOf({ manifestUrl, network }: ReferenceRequest): Promise<ReferenceAnswer> {
  if (network) {
    const runtime = new LazyRuntime(null);
    const outputs = await outputsOf({ kind: network, manifestUrl }, runtime);
    const isSound = Object.values(outputs).every(({ isFinite }) => isFinite);
    return isSound ? { outputs: storedOutputs(outputs) } : { failure: 'its results hold no numbers' };
  }
  const manifest = await fetchManifest(manifestUrl);
  const matcher = await Matcher.load(manifest, await createOrtRuntime(null), modelFilesAt(manifestUrl));
  const outputs = await checkOutputs(matcher, async ({ data }) => data!);
  const { verdict, finding } = compareOutputs(outputs, null);
  return verdict === 'wrong' ? { failure: finding } : { reference: toReference(outputs) };
}
