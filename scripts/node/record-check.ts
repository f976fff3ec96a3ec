import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOutputs, toReference } from '../../src/matching/reference-check/outputs.ts';
import { compareOutputs } from '../../src/matching/reference-check/compare.ts';
import { MANIFEST_FILE, type MatcherManifest } from '../../src/models/manifest.ts';
import { loadMatcher } from './load-matcher.ts';

/**
 * Runs the model of a folder on the native runtime and writes its outputs on the synthetic pair into its manifest.
 * @returns how many places of the reference are sure, and how many there are
 * @throws where the runtime cannot run the model, or gives no numbers
 */
export async function recordCheck(folder: string): Promise<{ sure: number; places: number }> {
  const path = join(folder, MANIFEST_FILE);
  const { matcher } = await loadMatcher(path);
  try {
    const outputs = await checkOutputs(matcher, async (tensor) => tensor.data!);
    const { verdict, finding } = compareOutputs(outputs, null);
    if (verdict === 'wrong') throw new Error(finding);
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as MatcherManifest;
    writeFileSync(path, `${JSON.stringify({ ...manifest, check: toReference(outputs) }, null, 2)}\n`);
    return {
      sure: outputs.certaintyLogit.filter((logit) => logit > Math.log(0.3 / 0.7)).length,
      places: outputs.certaintyLogit.length,
    };
  } finally {
    await matcher.release();
  }
}
