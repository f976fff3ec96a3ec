import { describe, expect, it, vi } from 'vitest';
import { countCost } from '../../onnx/cost.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import { cosine, hasParity, loadParity } from '../parity.test-helper.ts';
import type { Outputs } from '../semi-dense/semi-dense.test-helper.ts';
import { largestDifference, relativeDifference } from '../semi-dense/semi-dense.test-helper.ts';
import { publishedKeys, ruleWeights, shapesOnly } from '../synthetic-weights.test-helper.ts';
import { Weights } from '../weights.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';
import { tinyRomaShapes } from './published-shapes.ts';
import { runPair } from './tiny-roma.test-helper.ts';

/** Fifteen times what the longest takes alone: the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 });

const LIMITS: Readonly<Record<string, number>> = {
  preprocessed_0: 1e-5,
  preprocessed_1: 1e-5,
  features4_0: 1e-4,
  features4_1: 1e-4,
  features8_0: 5e-4,
  features8_1: 5e-4,
  best_match: 0,
  coarse_warp: 5e-5,
  coarse_delta: 1e-3,
  fine_delta: 1e-3,
  flow_8: 5e-5,
  flow_4: 5e-5,
  certainty_8: 1e-3,
  certainty_4: 1e-3,
};

/** Recorded tensors of a pair that the graphs make, and those that are off by more than their tolerance. */
function compare(parity: ParityCase, pair: string, out: Outputs): { compared: number; wrong: string[] } {
  const names = Object.keys(LIMITS).filter((name) => parity.names.includes(pair + name));
  const wrong = names.filter(
    (name) => !(largestDifference(out[name].values, parity.tensor(pair + name).values) <= LIMITS[name]),
  );
  return { compared: names.length, wrong };
}

/** match() at another size: flow and logit enlarged, then the sigmoid; places of A beside places of B. */
async function matchAt(out: Outputs, from: readonly number[], to: readonly number[]) {
  const g = new GraphBuilder({ name: 'match' });
  const state = g.input('state', 'float32', [1, 3, from[0] / 4, from[1] / 4]);
  const [warp, logit] = op.split(g, op.resize(g, state, [to[0], to[1]]), 1, [2, 1]);
  g.output('warp', warp);
  g.output('certainty', op.sigmoid(g, logit));
  return runInNode(g, { state: out.state_4.values });
}

/** The second half of the recorded [1, h, w, 4]: the place in B, as [2, h, w]. */
function recordedWarp(parity: ParityCase, pair: string): Float32Array {
  const { values } = parity.tensor(`${pair}match_warp`);
  const plane = values.length / 4;
  return Float32Array.from({ length: 2 * plane }, (_, i) => values[(i % plane) * 4 + 2 + Math.floor(i / plane)]);
}

describe.runIf(hasParity('tiny-roma'))('Tiny RoMa from its state dict', () => {
  const parity = hasParity('tiny-roma') ? loadParity('tiny-roma') : (null as unknown as ParityCase);
  const load = async (): Promise<Weights> => Weights.of((await parity.checkpoint('checkpoint.pth')).tensors);

  it('every stage, and match() at full resolution', async () => {
    const weights = await load();
    for (const [pair, atLeast] of [
      ['a/', 14],
      ['b/', 8],
      ['c/', 9],
    ] as const) {
      const out = await runPair(parity, pair, weights);
      const { compared, wrong } = compare(parity, pair, out);
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThanOrEqual(atLeast);
      const [, , height, width] = out.warp.shape;
      const certainty = parity.tensor(`${pair}match_certainty`);
      const matched = await matchAt(out, [height, width], certainty.shape.slice(1));
      expect(largestDifference(matched.certainty.values, certainty.values)).toBeLessThan(2.5e-4);
      if (pair === 'b/') continue;
      expect(largestDifference(matched.warp.values, recordedWarp(parity, pair))).toBeLessThan(5e-5);
      if (pair === 'c/') continue;
      // Where the photo has the input's size already, the graph's outputs are match() itself.
      expect([...out.warp.values]).toEqual([...matched.warp.values]);
      const sigmoid = out.certainty_logit.values.map((logit) => 1 / (1 + Math.exp(-logit)));
      expect(largestDifference(sigmoid, certainty.values)).toBeLessThan(2.5e-4);
    }
    expect(weights.unused().filter((name) => !name.endsWith('num_batches_tracked'))).toEqual([]);
  });

  it('the same in whatever pieces the correlation is taken', async () => {
    const out = await runPair(parity, 'a/', await load(), { pieceBytes: 10_000 });
    expect(compare(parity, 'a/', out).wrong).toEqual([]);
  });

  it('weighs the best cell by its index, as published', async () => {
    // Not by its correlation, and not by a softmax over all cells: either is another place.
    const recorded = parity.tensor('a/coarse_warp').values;
    const exact = parity.tensor('a/coarse_warp_exact_softmax').values;
    expect(largestDifference(exact, recorded)).toBeGreaterThan(0.1);
    const { values: correlation, shape } = parity.tensor('a/correlation');
    const cells = shape[3] * shape[4];
    const best = parity.tensor('a/best_match').values;
    // Where the index is far above every correlation, the best cell's centre alone is the place.
    let alone = 0;
    for (let cell = 0; cell < cells; cell += 1) {
      const largest = Math.max(...Array.from({ length: cells }, (_, j) => correlation[j * cells + cell]));
      if (best[cell] < largest + 20) continue;
      alone += 1;
      const x = (2 * (best[cell] % shape[2]) + 1) / shape[2] - 1;
      expect(Math.abs(recorded[cell] - x)).toBeLessThan(1e-5);
    }
    expect(alone).toBeGreaterThan(cells / 2);
    const out = await runPair(parity, 'a/', await load());
    expect(largestDifference(out.coarse_warp.values, recorded)).toBeLessThan(5e-5);
  });

  it('fp16: features and global match stay exact, cosine at least 0.9999 of flow and 0.999 of certainty', async () => {
    const out = await runPair(parity, 'a/', await load(), { precision: 'fp16' });
    expect([...out.best_match.values]).toEqual([...parity.tensor('a/best_match').values]);
    expect(relativeDifference(out.features8_0.values, parity.tensor('a/features8_0').values)).toBeLessThan(1e-4);
    expect(cosine(out.flow_4.values, parity.tensor('a/flow_4').values)).toBeGreaterThanOrEqual(0.9999);
    expect(cosine(out.certainty_4.values, parity.tensor('a/certainty_4').values)).toBeGreaterThanOrEqual(0.999);
  });

  it('the same on the WASM provider that the page uses', async () => {
    expect(compare(parity, 'a/', await runPair(parity, 'a/', await load(), { run: runInWasm })).wrong).toEqual([]);
  });

  it('names every tensor of the published file as its list does', () => {
    expect(new Map(tinyRomaShapes())).toEqual(new Map(publishedKeys('keys-tiny-roma.txt')));
  });
});

describe.runIf(hasParity('tiny-roma/full'))('Tiny RoMa at its published widths', () => {
  it('every recorded stage', async () => {
    const parity = loadParity('tiny-roma/full');
    const out = await runPair(parity, '', Weights.of(ruleWeights(parity)));
    const { compared, wrong } = compare(parity, '', out);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(9);
    expect(largestDifference(out.warp.values, recordedWarp(parity, ''))).toBeLessThan(5e-5);
  });
});

it.each(['fp32', 'fp16'] as const)('640 pixels in %s: no buffer above 128 MiB, no integer on the way', (precision) => {
  const weights = Weights.of(shapesOnly(tinyRomaShapes()));
  for (const build of [
    (g: GraphBuilder) => buildEncoder(g, weights.again(), [640, 640]),
    (g: GraphBuilder) => buildDecoder(g, weights.again(), { a: [640, 640], b: [640, 640] }),
  ]) {
    const g = new GraphBuilder({ name: 'full', precision: PRECISIONS[precision] });
    build(g);
    const { largestTemporary } = countCost(g);
    expect(largestTemporary.bytes / 2 ** 20, largestTemporary.node).toBeLessThanOrEqual(128);
    expect(g.nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => dtype === 'int64')).toEqual([]);
  }
});
