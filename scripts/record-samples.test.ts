import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../src/formats/byte-source.ts';
import { readRecordedMatch } from '../src/formats/share/recorded-match.ts';
import { parseManifest, weightsOf } from '../src/models/manifest.ts';
import { MODELS, modelIds } from './node/load-matcher.ts';
import { recordSample, sampleList } from './node/record-sample.ts';
import { ROOT } from './node/tools.mjs';

const recorded = (path: string) => readRecordedMatch(bytesSource(new Uint8Array(readFileSync(path))));
const path = (match: string) => join(ROOT, 'public', 'samples', match);

describe('the matches that come with the samples (else: npx tsx scripts/record-samples.ts)', () => {
  const manifest = join(MODELS, modelIds()[0], 'manifest.json');
  const weights = weightsOf(parseManifest(JSON.parse(readFileSync(manifest, 'utf8')), manifest));

  it.each(sampleList())('$id: of the weights that ship with the app', async ({ match }) => {
    expect((await recorded(path(match))).weights).toBe(weights);
  });

  it('are what the present search gives', async () => {
    const [first] = sampleList();
    const [kept, fresh] = [
      await recorded(path(first.match)),
      await readRecordedMatch(bytesSource(await recordSample(first))),
    ];
    expect(kept.result.verdict.sentence).toBe(fresh.result.verdict.sentence);
    expect(kept.fields.a.grid).toEqual(fresh.fields.a.grid);
    const apart = kept.fields.a.warp.map((place, i) => Math.abs(place - fresh.fields.a.warp[i])).sort();
    // The same but for the machine's rounding.
    expect(apart[Math.floor(0.9 * apart.length)]).toBeLessThan(1e-3);
  });
});
