import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decoded, Features } from '../src/matching/matcher.ts';
import { Matcher } from '../src/matching/matcher.ts';
import { parseManifest } from '../src/models/manifest.ts';
import { convertModel } from '../src/networks/convert.ts';
import { hasParity, loadParity } from '../src/networks/parity.test-helper.ts';
import { noise } from '../src/onnx/run-in-node.test-helper.ts';
import { folderSink } from './node/folder-sink.ts';
import { NodeRuntime } from './node/ort-node.ts';

describe.runIf(hasParity('romav2'))('a converted RoMa v2 in the engine, by its manifest alone', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'liftmatch-romav2-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const matcherOf = async (name: string, fineSize: readonly [number, number] | null) => {
    const checkpoint = await loadParity('romav2').checkpoint('checkpoint.pt');
    const to = join(folder, name);
    await convertModel([{ name: 'romav2.pt', checkpoint }], folderSink(to), { size: [64, 64], fineSize });
    const manifest = parseManifest(JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8')), to);
    const runtime = new NodeRuntime();
    const matcher = await Matcher.load(manifest, runtime, async ({ file }) => {
      return new Uint8Array(readFileSync(join(to, file)));
    });
    const encode = (pass: number, side: number, seed: number): Promise<Features> =>
      matcher.encode(pass, runtime.tensor(noise(3 * side * side, seed), [1, 3, side, side]));
    return { manifest, matcher, encode };
  };

  const precisionOf = (manifest: Awaited<ReturnType<typeof matcherOf>>['manifest'], { outputs }: Decoded) =>
    outputs[manifest.passes[0].decoder.outputs.precision!].data!;

  it('gives both directions with a precision that can be inverted, and changes with the photos', async () => {
    const { manifest, matcher, encode } = await matcherOf('single', null);
    const [a, b] = [await encode(0, 64, 1), await encode(0, 64, 2)];
    const forward = await matcher.decode(0, 'a', { a, b });
    const backward = await matcher.decode(0, 'b', { a, b });
    // The network does not know which photo is called A.
    const exchanged = await matcher.decode(0, 'a', { a: b, b: a });
    expect([...backward.warp.data!]).toEqual([...exchanged.warp.data!]);
    expect([...forward.warp.data!]).not.toEqual([...exchanged.warp.data!]);
    const pixels = 64 * 64;
    const precision = precisionOf(manifest, forward);
    expect(precision).toHaveLength(3 * pixels);
    for (let i = 0; i < pixels; i += 1) {
      const [xx, xy, yy] = [precision[i], precision[pixels + i], precision[2 * pixels + i]];
      expect(xx).toBeGreaterThan(0);
      expect(xx * yy - xy * xy).toBeGreaterThan(0);
    }
    await matcher.release();
  });

  it('goes on from its first pass at a finer size', async () => {
    const { manifest, matcher, encode } = await matcherOf('two-pass', [96, 96]);
    const coarse = { a: await encode(0, 64, 1), b: await encode(0, 64, 2) };
    const first = await matcher.decode(0, 'a', coarse);
    const fine = { a: await encode(1, 96, 1), b: await encode(1, 96, 2) };
    const second = await matcher.decode(1, 'a', fine, first);
    expect(second.warp.dims).toEqual([1, 2, 96, 96]);
    expect(precisionOf(manifest, second)).toHaveLength(3 * 96 * 96);
    await matcher.release();
  });
});
