import { describe, expect, it, vi } from 'vitest';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { countCost } from '../../onnx/cost.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { planConversion } from '../convert.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import { cosine, hasParity, loadParity } from '../parity.test-helper.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Outputs, Run } from '../semi-dense/semi-dense.test-helper.ts';
import {
  largestDifference,
  observeInto,
  ownMatches,
  relativeDifference,
} from '../semi-dense/semi-dense.test-helper.ts';
import { publishedKeys, shapesOnly } from '../synthetic-weights.test-helper.ts';
import { Weights } from '../weights.ts';
import { buildKeypointEncoder, KEYPOINT_DEFAULTS } from '../xfeat/keypoints.ts';
import { buildSparseDecoder } from '../xfeat/sparse.ts';
import { xfeatShapes } from '../xfeat/published-shapes.ts';
import { buildGlueDecoder } from './matcher.ts';
import { lighterGlueShapes } from './published-shapes.ts';

/** Fifteen times what the longest takes alone: the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 });

/** Places for key points: a few stay empty, but in the third pair, where the best 60 are asked for. */
const COUNT = { 'a/': 224, 'b/': 224, 'c/': 60 } as const;
type Pair = keyof typeof COUNT;
const PAIRS = Object.keys(COUNT) as Pair[];

interface Encoded {
  readonly outputs: Outputs;
  readonly size: Size;
  /** Index in the recorded list of every key point of ours. */
  readonly recorded: readonly number[];
}

/** Encodings that several tests look at: each is made once. */
const encodings = new Map<string, Promise<Encoded>>();

function encode(
  parity: ParityCase,
  weights: Weights,
  pair: Pair,
  side: 0 | 1,
  options: { run?: Run; precision?: PrecisionName } = {},
): Promise<Encoded> {
  const key = [pair, side, options.run?.name, options.precision].join(' ');
  const known = encodings.get(key) ?? encodeNow(parity, weights, pair, side, options);
  encodings.set(key, known);
  return known;
}

async function encodeNow(
  parity: ParityCase,
  weights: Weights,
  pair: Pair,
  side: 0 | 1,
  { run = runInNode, precision = 'fp32' }: { run?: Run; precision?: PrecisionName },
): Promise<Encoded> {
  const { shape, values } = parity.tensor(`${pair}image${side}`);
  const size = shape.slice(2) as unknown as Size;
  const g = new GraphBuilder({ name: 'encoder', precision: PRECISIONS[precision] });
  const options = { ...KEYPOINT_DEFAULTS, count: COUNT[pair] };
  buildKeypointEncoder(g, weights.again(), size, options, pair === 'a/' ? observeInto(g) : undefined);
  const outputs = await run(g, { image: values });
  const published = parity.tensor(`${pair}keypoints_${side}`).values;
  const own = outputs.keypoints.values;
  const recorded = Array.from({ length: COUNT[pair] }, (_, i) => {
    if (outputs.scores.values[i] === 0) return -1;
    for (let k = 0; k < published.length; k += 2) {
      if (Math.hypot(published[k] - own[2 * i], published[k + 1] - own[2 * i + 1]) < 1e-3) return k / 2;
    }
    return -2;
  });
  return { outputs, size, recorded };
}

const feedsOf = (a: Encoded, b: Encoded): Record<string, Float32Array> =>
  Object.fromEntries(
    (['keypoints', 'descriptors', 'scores'] as const).flatMap((name) => [
      [`a_${name}`, a.outputs[name].values],
      [`b_${name}`, b.outputs[name].values],
    ]),
  );

/** Our list as indices of recorded key points, in the order of the first photo's. */
function matchedPairs(matches: Outputs[string], a: Encoded, b: Encoded): [number, number][] {
  const { i, b: places } = ownMatches(matches);
  const theirs = b.outputs.keypoints.values;
  return i
    .map((index, k): [number, number] => {
      const [x, y] = places.slice(2 * k, 2 * k + 2);
      const other = b.recorded.findIndex((known, j) => known >= 0 && theirs[2 * j] === x && theirs[2 * j + 1] === y);
      return [a.recorded[index], b.recorded[other]];
    })
    .sort(([p], [q]) => p - q);
}

const recordedPairs = (flat: ArrayLike<number>): [number, number][] =>
  Array.from({ length: flat.length / 2 }, (_, k): [number, number] => [flat[2 * k], flat[2 * k + 1]]).sort(
    ([p], [q]) => p - q,
  );

describe.runIf(hasParity('xfeat'))('sparse XFeat from its state dict', () => {
  const parity = hasParity('xfeat') ? loadParity('xfeat') : (null as unknown as ParityCase);
  const load = async (): Promise<Weights> => Weights.of((await parity.checkpoint('checkpoint.pth')).tensors);

  it('key points, scores and descriptors, of all photos', async () => {
    const weights = await load();
    for (const pair of PAIRS) {
      for (const side of [0, 1] as const) {
        const { outputs, recorded } = await encode(parity, weights, pair, side);
        const there = recorded.filter((index) => index !== -1);
        const published = parity.tensor(`${pair}keypoints_${side}`).shape[0];
        expect([...there].sort((p, q) => p - q)).toEqual(Array.from({ length: published }, (_, i) => i));
        const scores = parity.tensor(`${pair}scores_${side}`).values;
        const hasDescriptors = parity.names.includes(`${pair}descriptors_${side}`);
        const descriptors = hasDescriptors ? parity.tensor(`${pair}descriptors_${side}`).values : null;
        recorded.forEach((index, i) => {
          if (index < 0) return;
          expect(Math.abs(outputs.scores.values[i] - scores[index])).toBeLessThan(1e-5);
          if (!descriptors) return;
          const own = outputs.descriptors.values.subarray(64 * i, 64 * i + 64);
          expect(largestDifference(own, descriptors.subarray(64 * index, 64 * index + 64))).toBeLessThan(1e-4);
        });
        if (pair !== 'a/') continue;
        for (const name of ['features', 'keypoint_logits', 'reliability', 'heatmap']) {
          const wanted = parity.tensor(`${pair}${name}_${side}`).values;
          expect(relativeDifference(outputs[`observed.${name}`].values, wanted), name).toBeLessThan(1e-4);
        }
      }
    }
  });

  it.each([
    ['mnn', -1],
    ['mnn050', 0.5],
    ['mnn082', 0.82],
  ] as const)('%s: the same mutual nearest neighbours', async (name, minCosine) => {
    const weights = await load();
    // The third pair is recorded without limits alone.
    for (const pair of minCosine < 0 ? PAIRS : (['a/', 'b/'] as const)) {
      const [a, b] = [await encode(parity, weights, pair, 0), await encode(parity, weights, pair, 1)];
      const g = new GraphBuilder({ name: 'decoder' });
      buildSparseDecoder(g, { a: a.size, b: b.size }, COUNT[pair], minCosine);
      const out = await runInNode(g, feedsOf(a, b));
      // A list without entries is recorded as one of −1.
      if (!parity.names.includes(`${pair}${name}_0`)) continue;
      const [first, second] = [0, 1].map((side) => parity.tensor(`${pair}${name}_${side}`).values);
      const wanted = recordedPairs(Array.from(first).flatMap((index, k) => [index, second[k]]));
      expect(matchedPairs(out.matches, a, b)).toEqual(wanted.filter(([index]) => index >= 0));
    }
  });

  it('a field around the matches: theirs where they agree, uncertain elsewhere', async () => {
    const weights = await load();
    const [a, b] = [await encode(parity, weights, 'a/', 0), await encode(parity, weights, 'a/', 1)];
    const g = new GraphBuilder({ name: 'decoder' });
    buildSparseDecoder(g, { a: a.size, b: b.size }, COUNT['a/']);
    // Every key point of B lies where A's does, moved by (5, −3), and looks like it.
    const feeds = feedsOf(a, b);
    const count = COUNT['a/'];
    feeds.b_scores = feeds.a_scores;
    feeds.b_descriptors = feeds.a_descriptors;
    feeds.b_keypoints = feeds.a_keypoints.map((value, i) => value + (i % 2 ? -3 : 5));
    const moved = await runInNode(g, feeds);
    const [, , height, width] = moved.warp.shape;
    let sure = 0;
    for (let i = 0; i < height * width; i += 1) {
      if (moved.certainty_logit.values[i] < 0) continue;
      sure += 1;
      const [x, y] = [
        ((moved.warp.values[i] + 1) * width) / 2,
        ((moved.warp.values[height * width + i] + 1) * height) / 2,
      ];
      expect(Math.abs(x - (i % width) - 0.5 - 5)).toBeLessThan(0.02);
      expect(Math.abs(y - Math.floor(i / width) - 0.5 + 3)).toBeLessThan(0.02);
    }
    expect(sure).toBeGreaterThan(0.9 * height * width);
    // The same, but every point of B somewhere: nobody agrees with anybody.
    feeds.b_keypoints = feeds.a_keypoints.map((_, i) => (i * 7919) % (i % 2 ? height : width));
    const scattered = await runInNode(g, feeds);
    expect(ownMatches(scattered.matches).i).toHaveLength(count - a.recorded.filter((index) => index === -1).length);
    const certain = [...scattered.certainty_logit.values].filter((logit) => logit > 0).length;
    expect(certain).toBeLessThan(0.02 * height * width);
  });
});

describe.runIf(hasParity('xfeat'))('LighterGlue from its state dict', () => {
  const parity = hasParity('xfeat') ? loadParity('xfeat') : (null as unknown as ParityCase);
  const load = async () => ({
    xfeat: Weights.of((await parity.checkpoint('checkpoint.pth')).tensors),
    tensors: (await parity.checkpoint('lighterglue.pth')).tensors,
  });

  async function glue(
    pair: Pair,
    { prune = false, run = runInNode as Run, precision = 'fp32' as PrecisionName, observed = false } = {},
  ): Promise<{ out: Outputs; a: Encoded; b: Encoded }> {
    const { xfeat, tensors } = await load();
    const [a, b] = [await encode(parity, xfeat, pair, 0), await encode(parity, xfeat, pair, 1)];
    const g = new GraphBuilder({ name: 'decoder', precision: PRECISIONS[precision] });
    buildGlueDecoder(
      g,
      Weights.of(tensors, 'matcher.'),
      { a: a.size, b: b.size },
      { count: COUNT[pair], prune },
      observed ? observeInto(g) : undefined,
    );
    return { out: await run(g, feedsOf(a, b)), a, b };
  }

  const rowsInOrder = (values: Float32Array, channels: number, { recorded }: Encoded): number[] => {
    const count = recorded.filter((index) => index >= 0).length;
    const sorted = new Array<number>(count * channels);
    recorded.forEach((index, i) => {
      if (index >= 0) for (let c = 0; c < channels; c += 1) sorted[index * channels + c] = values[i * channels + c];
    });
    return sorted;
  };

  it('input, positions, both attentions of a layer and the assignment', async () => {
    const { out, a, b } = await glue('a/', { observed: true });
    const compare = (name: string, channels: number, side: Encoded, recorded: string): void => {
      const own = rowsInOrder(out[`observed.${name}`].values, channels, side);
      expect(relativeDifference(own, parity.tensor(`a/${recorded}`).values), name).toBeLessThan(1e-4);
    };
    compare('lg_input_0', 96, a, 'lg_input_0');
    compare('lg_input_1', 96, b, 'lg_input_1');
    compare('lg_layer0_self_0', 96, a, 'lg_layer0_self_0');
    compare('lg_layer0_0', 96, a, 'lg_layer0_0');
    compare('lg_layer0_1', 96, b, 'lg_layer0_1');
    const tables = out['observed.lg_encoding_0'].values;
    const half = tables.length / 2;
    const wanted = parity.tensor('a/lg_encoding_0').values;
    for (const [i, table] of [tables.subarray(0, half), tables.subarray(half)].entries()) {
      const recorded = wanted.subarray((i * wanted.length) / 2, ((i + 1) * wanted.length) / 2);
      expect(largestDifference(rowsInOrder(table, 96, a), recorded)).toBeLessThan(1e-5);
    }
  });

  it.each(PAIRS)('%s all points kept: the recorded matches and scores', async (pair) => {
    const { out, a, b } = await glue(pair);
    expect(matchedPairs(out.matches, a, b)).toEqual(recordedPairs(parity.tensor(`${pair}lg_unpruned_matches`).values));
    expectScores(out, parity.tensor(`${pair}lg_unpruned_scores`).values);
  });

  it.each(PAIRS)('%s points without a match left out after each layer: other matches, as recorded', async (pair) => {
    const { out, a, b } = await glue(pair, { prune: true });
    expect(matchedPairs(out.matches, a, b)).toEqual(recordedPairs(parity.tensor(`${pair}lg_matches`).values));
    expectScores(out, parity.tensor(`${pair}lg_scores`).values);
  });

  function expectScores(out: Outputs, wanted: Float32Array): void {
    const own = ownMatches(out.matches).confidence.sort((p, q) => p - q);
    expect(
      largestDifference(
        own,
        [...wanted].sort((p, q) => p - q),
      ),
    ).toBeLessThan(5e-4);
  }

  it('which points are left out, layer by layer', async () => {
    const { out, a } = await glue('a/', { prune: true, observed: true });
    const layers = parity.tensor('a/lg_prune_0').values;
    const absent = [0, 1].map((i) => rowsInOrder(out[`observed.absent_${i}_0`].values, 1, a));
    const survived = absent[0].map((value, i) => 1 + Number(value === 0) + Number(absent[1][i] === 0));
    expect(survived).toEqual([...layers]);
    expect(survived.some((count) => count < 3)).toBe(true);
  });

  it('older names of the same tensors', async () => {
    const { tensors } = await load();
    const older = new Map<string, CheckpointTensor>(
      [...tensors].map(([name, tensor]) => {
        const renamed = name.replace(/transformers\.(\d+)\.((?:self|cross)_attn)/, '$2.$1');
        return [renamed, { ...tensor, name: renamed } as CheckpointTensor];
      }),
    );
    expect([...older.keys()].some((name) => name.startsWith('matcher.self_attn.2.'))).toBe(true);
    const inputs = [
      { name: 'lighterglue.pt', checkpoint: { format: 'safetensors' as const, tensors: older, notes: [] } },
      { name: 'xfeat.pt', checkpoint: await parity.checkpoint('checkpoint.pth') },
    ];
    const plan = planConversion(inputs, { size: [64, 64], keypoints: 64 });
    expect(plan.family.name).toBe('lighterglue');
    expect(plan.facts[0]).toContain('3 layers of 96 channels, 1 head,');
    expect(plan.warnings).toEqual([expect.stringMatching(/^3 layers were found/)]);
  });

  it('fp16: the same matches, scores within 0.02', async () => {
    const [exact, half] = [await glue('a/'), await glue('a/', { precision: 'fp16' })];
    const [own, wanted] = [ownMatches(half.out.matches), ownMatches(exact.out.matches)];
    expect(own.i).toEqual(wanted.i);
    expect(largestDifference(own.confidence, wanted.confidence)).toBeLessThan(0.02);
    const { xfeat } = await load();
    const encoded = await encode(parity, xfeat, 'a/', 0, { precision: 'fp16' });
    expect(
      cosine(encoded.outputs['observed.heatmap'].values, exact.a.outputs['observed.heatmap'].values),
    ).toBeGreaterThan(0.9999);
  });

  it('q8: the same matches, scores within 0.05', async () => {
    const [exact, coarse] = [await glue('a/'), await glue('a/', { precision: 'q8' })];
    const [own, wanted] = [ownMatches(coarse.out.matches), ownMatches(exact.out.matches)];
    expect(own.i).toEqual(wanted.i);
    expect(largestDifference(own.confidence, wanted.confidence)).toBeLessThan(0.05);
  });

  it('the same on the WASM provider that the page uses', async () => {
    const { out, a, b } = await glue('a/', { run: runInWasm });
    expect(matchedPairs(out.matches, a, b)).toEqual(recordedPairs(parity.tensor('a/lg_unpruned_matches').values));
  });

  it('names every tensor of the published file as its list does', () => {
    expect(new Map(lighterGlueShapes())).toEqual(new Map(publishedKeys('keys-lighterglue.txt')));
  });
});

const published = (shapes: ReturnType<typeof xfeatShapes>, name: string) => ({
  name,
  checkpoint: { format: 'safetensors' as const, tensors: shapesOnly(shapes), notes: [] },
});

describe('at their published sizes', () => {
  it.each(['fp32', 'fp16'] as const)('in %s: no buffer above 128 MiB, no int64 on the way', (precision) => {
    const glue = published(lighterGlueShapes(), 'xfeat-lighterglue.pt');
    const xfeat = published(xfeatShapes(), 'xfeat.pt');
    for (const inputs of [[glue, xfeat], [xfeat]]) {
      for (const options of [{}, { keypoints: 4096 }]) {
        const as = inputs.length === 1 ? 'xfeat-sparse' : 'auto';
        for (const { graph, file } of planConversion(inputs, { as, precision, ...options }).graphs) {
          const { largestTemporary } = countCost(graph);
          expect(largestTemporary.bytes / 2 ** 20, `${file}: ${largestTemporary.node}`).toBeLessThanOrEqual(128);
          expect(graph.nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => dtype === 'int64')).toEqual([]);
        }
      }
    }
  });

  it('LighterGlue’s file alone is enough, with a warning, and without XFeat it says what is missing', () => {
    const whole = planConversion([published(lighterGlueShapes(), 'xfeat-lighterglue.pt')], {});
    expect(whole.warnings![0]).toContain('xfeat.pt');
    const bare = published(lighterGlueShapes({ withExtractor: false }), 'lighterglue.pt');
    expect(() => planConversion([bare], {})).toThrow(expect.objectContaining({ code: 'matcher-without-keypoints' }));
    expect(() =>
      planConversion([published(xfeatShapes(), 'xfeat.pt')], { as: 'xfeat-sparse', keypoints: 9999 }),
    ).toThrow(expect.objectContaining({ code: 'keypoint-count' }));
  });
});
