import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Matcher } from '../src/matching/matcher.ts';
import { parseManifest } from '../src/models/manifest.ts';
import { convertModel } from '../src/networks/convert.ts';
import { runPair, weightsOf } from '../src/networks/eloftr/eloftr.test-helper.ts';
import { ownMatches, rgb } from '../src/networks/semi-dense/semi-dense.test-helper.ts';
import type { ParityCase, ParityTensor } from '../src/networks/parity.test-helper.ts';
import { hasParity, loadParity } from '../src/networks/parity.test-helper.ts';
import { folderSink } from './node/folder-sink.ts';
import { NodeRuntime } from './node/ort-node.ts';

/** The upper left square of a recorded image. */
function cropped({ shape, values }: ParityTensor, side: number): ParityTensor {
  const [, channels, height, width] = shape;
  const plane = side * side;
  const crop = Float32Array.from({ length: channels * plane }, (_, i) => {
    const [channel, y, x] = [Math.floor(i / plane), Math.floor((i % plane) / side), i % side];
    return values[(channel * height + y) * width + x];
  });
  return { shape: [1, channels, side, side], values: crop };
}

/** A case whose images are cut to squares, with their places exchanged or not. */
function squared(parity: ParityCase, pair: string, side: number, exchanged: boolean): ParityCase {
  return {
    ...parity,
    tensor: (name) => {
      const index = Number(name.at(-1));
      return cropped(parity.tensor(`${pair}image${exchanged ? 1 - index : index}`), side);
    },
  };
}

describe.runIf(hasParity('eloftr'))('a converted EfficientLoFTR in the engine, by its manifest alone', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'liftmatch-light-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives both directions, each as the network on the photos in that order', async () => {
    const parity = loadParity('eloftr');
    const checkpoint = await parity.checkpoint('checkpoint.pth');
    const side = 64;
    const { report } = await convertModel([{ name: 'eloftr.ckpt', checkpoint }], folderSink(folder), {
      size: [side, side],
    });
    expect(report.unused.filter((name) => !name.endsWith('num_batches_tracked'))).toEqual([]);
    const manifest = parseManifest(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')), folder);
    expect(manifest.passes).toHaveLength(1);
    const runtime = new NodeRuntime();
    const read = async ({ file }: { file: string }) => new Uint8Array(readFileSync(join(folder, file)));
    const matcher = await Matcher.load(manifest, runtime, read);
    const encode = (name: string) => {
      const image = cropped(parity.tensor(`a/${name}`), side);
      return matcher.encode(0, runtime.tensor(rgb(image.values), [1, 3, side, side]));
    };
    const features = { a: await encode('image0'), b: await encode('image1') };
    for (const direction of ['a', 'b'] as const) {
      const { warp, logit, outputs } = await matcher.decode(0, direction, features);
      const expected = await runPair(squared(parity, 'a/', side, direction === 'b'), '', weightsOf(checkpoint));
      expect([...warp.data!]).toEqual([...expected.warp.values]);
      expect([...logit.data!]).toEqual([...expected.certainty_logit.values]);
      expect([...outputs[manifest.passes[0].decoder.outputs.matches!].data!]).toEqual([...expected.matches.values]);
      expect(ownMatches(expected.matches).i.length).toBeGreaterThan(0);
    }
    await matcher.release();
  });

  it('refuses a size that its attention cannot divide, and says one that it can', async () => {
    const checkpoint = await loadParity('eloftr').checkpoint('checkpoint.pth');
    const converting = convertModel([{ name: 'eloftr.ckpt', checkpoint }], folderSink(folder), { size: [560, 560] });
    await expect(converting).rejects.toMatchObject({ code: 'input-size', remedy: expect.stringContaining('576') });
  });
});
