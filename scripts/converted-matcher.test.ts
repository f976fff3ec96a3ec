import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine, hasParity, loadParity, relativeError } from '../src/networks/parity.test-helper.ts';
import type { Features } from '../src/matching/matcher.ts';
import { Matcher } from '../src/matching/matcher.ts';
import { convertModel } from '../src/networks/convert.ts';
import type { PrecisionName } from '../src/onnx/precision.ts';
import { parseManifest } from '../src/models/manifest.ts';
import { folderSink } from './node/folder-sink.ts';
import { NodeRuntime } from './node/ort-node.ts';

describe.runIf(hasParity('matcher'))('a converted matcher in the engine, by its manifest alone', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'liftmatch-matcher-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each<PrecisionName>(['fp32', 'fp16'])('%s: two passes in both directions as published', async (precision) => {
    const parity = loadParity('matcher');
    const inputs = await Promise.all(
      ['matcher.pth', 'dinov2.pth'].map(async (name) => ({ name, checkpoint: await parity.checkpoint(name) })),
    );
    const out = join(folder, precision);
    await convertModel(inputs, folderSink(out), { size: [112, 112], fineSize: [224, 224], heads: 3, precision });

    const manifest = parseManifest(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')), out);
    const runtime = new NodeRuntime();
    const matcher = await Matcher.load(
      manifest,
      runtime,
      async ({ file }) => new Uint8Array(readFileSync(join(out, file))),
    );
    const encode = (pass: number, name: string): Promise<Features> => {
      const { values, shape } = parity.tensor(name);
      return matcher.encode(pass, runtime.tensor(values, shape));
    };
    const coarse = { a: await encode(0, 'image_a_coarse'), b: await encode(0, 'image_b_coarse') };
    const fine = { a: await encode(1, 'image_a_fine'), b: await encode(1, 'image_b_fine') };
    for (const [index, side] of (['a', 'b'] as const).entries()) {
      const { warp, logit } = await matcher.decode(1, side, fine, await matcher.decode(0, side, coarse));
      const flows = parity.tensor('up_flow_1').values;
      const flow = flows.subarray((index * flows.length) / 2, ((index + 1) * flows.length) / 2);
      const certainty = logit.data!.map((value) => 1 / (1 + Math.exp(-value)));
      const expected = matchCertainty(parity.tensor('match_certainty').values, index);
      if (precision === 'fp32') {
        expect(relativeError(warp.data!, flow)).toBeLessThan(1e-4);
        expect(relativeError(certainty, expected)).toBeLessThan(1e-3);
      }
      expect(cosine(warp.data!, flow)).toBeGreaterThanOrEqual(0.999);
      expect(cosine(certainty, expected)).toBeGreaterThanOrEqual(0.999);
    }
    await matcher.release();
  });

  it('refuses a size that is not square: the manifest could not say it', async () => {
    const parity = loadParity('matcher');
    const inputs = await Promise.all(
      ['matcher.pth', 'dinov2.pth'].map(async (name) => ({ name, checkpoint: await parity.checkpoint(name) })),
    );
    const converting = convertModel(inputs, folderSink(folder), { size: [112, 140], heads: 3 });
    await expect(converting).rejects.toMatchObject({ code: 'input-size' });
  });
});

/** match() puts both directions side by side; takes one of them. No place of this case leaves the other image. */
function matchCertainty(values: Float32Array, side: number): Float32Array {
  return Float32Array.from({ length: 224 * 224 }, (_, i) => values[Math.floor(i / 224) * 448 + side * 224 + (i % 224)]);
}
