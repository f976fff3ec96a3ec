import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MatchResult } from '../../src/core/match.ts';
import { writeRecordedMatch } from '../../src/formats/share/recorded-match.ts';
import { weightsOf } from '../../src/models/manifest.ts';
import { loadMatcher, modelIds } from './load-matcher.ts';
import { matchPair } from './match-pair.ts';
import { ROOT } from './tools.mjs';

const SAMPLES = join(ROOT, 'public', 'samples');

/** A sample as index.json lists it; paths are relative to its folder. */
export interface SampleEntry {
  id: string;
  a: string;
  b: string;
  match: string;
  features?: string;
}

export const sampleList = (): SampleEntry[] => JSON.parse(readFileSync(join(SAMPLES, 'index.json'), 'utf8'));

/** Matches a sample as a first visit's page would, and gives the file of it. */
export async function recordSample({ a, b }: SampleEntry): Promise<Uint8Array<ArrayBuffer>> {
  const matcher = await loadMatcher(modelIds()[0]);
  const { manifest } = matcher.matcher;
  try {
    const { fields, verdict, inputSize, rescue } = await matchPair(
      matcher,
      { a: join(SAMPLES, a), b: join(SAMPLES, b) },
      { size: null, rescue: true },
    );
    const result: MatchResult = {
      modelId: manifest.id,
      modelName: manifest.name,
      provider: 'wasm',
      inputSize,
      gridSize: { a: fields.a.grid, b: fields.b.grid },
      timings: {},
      cached: { a: false, b: false },
      rescue,
      verdict,
    };
    const parts: Uint8Array<ArrayBuffer>[] = [];
    await writeRecordedMatch((part) => void parts.push(part), { weights: weightsOf(manifest), result, fields });
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } finally {
    await matcher.matcher.release();
  }
}
