import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Matcher } from '../src/matching/matcher.ts';
import { compareOutputs } from '../src/matching/reference-check/compare.ts';
import { checkOutputs, fromReference } from '../src/matching/reference-check/outputs.ts';
import type { RuntimeTensor } from '../src/platform/runtime/runtime.ts';
import { loadMatcher, MODELS } from './node/load-matcher.ts';
import { readModelReference } from './node/model-reference.ts';
import { NodeRuntime } from './node/ort-node.ts';

const FOLDER = join(MODELS, 'embedded');
/** What a visitor downloads for the model, and what it may weigh. */
const MAX_BYTES = 6_000_000;

let matcher: Matcher;
beforeAll(async () => {
  matcher = (await loadMatcher('embedded')).matcher;
});

describe('the embedded model', () => {
  it('gives what PyTorch gave', async () => {
    const { imageA, imageB, warp, logit } = readModelReference(FOLDER);
    const runtime = new NodeRuntime();
    const encode = (image: { data: Float32Array; dims: number[] }) =>
      matcher.encode(0, runtime.tensor(image.data, image.dims));
    const features = { a: await encode(imageA), b: await encode(imageB) };
    const decoded = await matcher.decode(0, 'a', features);
    expect(largestDifference(decoded.warp, warp)).toBeLessThan(1e-5);
    expect(largestDifference(decoded.logit, logit)).toBeLessThan(1e-4);
    // The outputs are no constants: another direction differs.
    const back = await matcher.decode(0, 'b', features);
    expect(largestDifference(back.warp, warp)).toBeGreaterThan(0.01);
  });

  it('gives the reference outputs of its manifest, which a GPU is compared with', async () => {
    const { check } = matcher.manifest;
    if (!check) throw new Error('None is recorded: npx tsx scripts/record-check.ts public/models/embedded');
    const outputs = await checkOutputs(matcher, async (tensor) => tensor.data!);
    const { verdict, difference } = compareOutputs(outputs, fromReference(check));
    expect(verdict).toBe('right');
    expect(difference).toBeLessThan(1e-4);
    // Most of the synthetic pair is matched: a wrong warp has places to show.
    expect(outputs.certaintyLogit.filter((logit) => logit > 0).length).toBeGreaterThan(
      outputs.certaintyLogit.length / 2,
    );
  });

  it('weighs at most 6 MB in all', () => {
    const bytes = ['encoder.onnx', 'decoder.onnx'].reduce((sum, file) => sum + statSync(join(FOLDER, file)).size, 0);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });

  it('is the first of the catalogue, which a visitor gets', () => {
    const index = JSON.parse(readFileSync(join(MODELS, 'index.json'), 'utf8')) as { id: string }[];
    expect(index[0].id).toBe('embedded');
  });

  it('matches photos of different sizes, each a multiple of 32', async () => {
    const runtime = new NodeRuntime();
    const image = (width: number, height: number) => {
      const data = Float32Array.from({ length: 3 * width * height }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.37));
      return runtime.tensor(data, [1, 3, height, width]);
    };
    const features = { a: await matcher.encode(0, image(96, 128)), b: await matcher.encode(0, image(160, 64)) };
    expect((await matcher.decode(0, 'a', features)).warp.dims).toEqual([1, 2, 32, 24]);
    expect((await matcher.decode(0, 'b', features)).warp.dims).toEqual([1, 2, 16, 40]);
  });
});

function largestDifference(tensor: RuntimeTensor, expected: Float32Array): number {
  expect(tensor.data!.length).toBe(expected.length);
  return tensor.data!.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i])), 0);
}
