import { toPlainError } from '../../core/errors.ts';
import { Matcher } from '../matcher.ts';
import { compareOutputs } from './compare.ts';
import { checkOutputs, toReference } from './outputs.ts';
import { fetchManifest, modelFilesAt } from '../../models/fetch-model.ts';
import { createOrtRuntime } from '../../platform/runtime/ort.ts';
import type { ReferenceAnswer, ReferenceRequest } from './record-reference.ts';

/**
 * Runs one model on WASM on the synthetic pair, answers with its outputs and is ended: a worker of its own, because sessions
 * of both providers in one exhaust its memory, and WASM never gives memory back.
 */
const scope = self as unknown as DedicatedWorkerGlobalScope;
scope.onmessage = async ({ data: { manifestUrl } }: MessageEvent<ReferenceRequest>) => {
  let answer: ReferenceAnswer;
  try {
    const manifest = await fetchManifest(manifestUrl);
    const matcher = await Matcher.load(manifest, await createOrtRuntime(null), modelFilesAt(manifestUrl));
    const outputs = await checkOutputs(matcher, async ({ data }) => data!);
    const { verdict, finding } = compareOutputs(outputs, null);
    answer = verdict === 'wrong' ? { failure: finding } : { reference: toReference(outputs) };
  } catch (error) {
    answer = { failure: toPlainError(error).message };
  }
  scope.postMessage(answer);
};
