import { describe, expect, it, vi } from 'vitest';
import { countCost } from '../../onnx/cost.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { byteLength } from '../../onnx/value.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import { cosine, hasParity, loadParity } from '../parity.test-helper.ts';
import type { Outputs } from '../semi-dense/semi-dense.test-helper.ts';
import {
  expectOwnMatches,
  largestDifference,
  ownMatches,
  relativeDifference,
  rowsOf,
} from '../semi-dense/semi-dense.test-helper.ts';
import { publishedKeys, ruleWeights, shapesOnly } from '../synthetic-weights.test-helper.ts';
import { findPrefixes, Weights } from '../weights.ts';
import { readLoftrConfig } from './config.ts';
import { runPair } from './loftr.test-helper.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';
import { loftrShapes } from './published-shapes.ts';
import { positionAxes } from './transformer.ts';

/** Fifteen times what the longest takes alone: the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 });

/** Recorded maps and token lists, relative to the largest value. */
const RELATIVE = 2e-5;
const ABSOLUTE = { confidence: 1e-4, place: 1e-3 };
const EXPECTATION = 5e-5;

/** Recorded tensors of a pair that the graphs make as they are, and those of them that are off. */
function compare(parity: ParityCase, pair: string, out: Outputs): { compared: number; wrong: string[] } {
  const names = parity.names.filter((name) => {
    const own = name.slice(pair.length);
    return name.startsWith(pair) && /^(resnet|feats|with|layer|coarse|similarity)/.test(own) && out[own] !== undefined;
  });
  const wrong = names.filter((name) => {
    const own = out[name.slice(pair.length)].values;
    return !(relativeDifference(own, parity.tensor(name).values) < RELATIVE);
  });
  return { compared: names.length, wrong };
}

describe.runIf(hasParity('loftr'))('LoFTR from its state dict', () => {
  const parity = hasParity('loftr') ? loadParity('loftr') : (null as unknown as ParityCase);
  const load = async (): Promise<Weights> => {
    const { tensors } = await parity.checkpoint('checkpoint.pth');
    return Weights.of(tensors, findPrefixes(tensors, 'backbone.conv1.weight')[0]);
  };

  it('every stage, matches index for index', async () => {
    const weights = await load();
    for (const [pair, atLeast] of [
      ['a/', 22],
      ['b/', 4],
      ['c/', 4],
    ] as const) {
      const out = await runPair(parity, pair, weights);
      const { compared, wrong } = compare(parity, pair, out);
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThanOrEqual(atLeast);
      const confidence = largestDifference(out.confidence.values, parity.tensor(`${pair}confidence`).values);
      expect(confidence).toBeLessThan(ABSOLUTE.confidence);
      expectOwnMatches(parity, pair, out, ABSOLUTE);
      const cells = [...parity.tensor(`${pair}i_ids`).values];
      const fine = pair === 'a/' ? ['window_0', 'window_1', 'fine_0', 'fine_1'] : [];
      for (const name of fine)
        expect(relativeDifference(rowsOf(out, name, cells), parity.tensor(pair + name).values), name).toBeLessThan(
          RELATIVE,
        );
      expect(largestDifference(rowsOf(out, 'expec_f', cells), parity.tensor(`${pair}expec_f`).values)).toBeLessThan(
        EXPECTATION,
      );
    }
    expect(weights.unused().filter((name) => !name.endsWith('num_batches_tracked'))).toEqual([]);
  });

  it('every cell, in whatever pieces the matrices are taken', async () => {
    const recorded = (name: string): Float32Array => parity.tensor(`a-dense/${name}`).values;
    for (const pieceBytes of [undefined, 20_000]) {
      const out = await runPair(parity, 'a/', await load(), { pieceBytes });
      expect([...out.best.values]).toEqual([...recorded('j')]);
      expect(largestDifference(out.cell_confidence.values, recorded('confidence'))).toBeLessThan(ABSOLUTE.confidence);
      expect(largestDifference(out.expec_f.values, recorded('expec_f'))).toBeLessThan(EXPECTATION);
      const cells = recorded('j').length;
      const row = (k: number): Float32Array => out.matches.values.subarray(k * cells, (k + 1) * cells);
      const places = Float32Array.from({ length: 2 * cells }, (_, i) => row(2 + (i % 2))[i >> 1]);
      expect(largestDifference(places, recorded('mkpts1_f'))).toBeLessThan(ABSOLUTE.place);
    }
  });

  it('the dense field: at a cell’s corner its own place; its confidence tempered by the heat map’s spread', async () => {
    for (const pair of ['a/', 'c/']) {
      const out = await runPair(parity, pair, await load());
      const [, , height, width] = out.warp.shape;
      const [, , heightB, widthB] = parity.tensor(`${pair}image1`).shape;
      const cells = (height / 8) * (width / 8);
      for (let cell = 0; cell < cells; cell += 1) {
        const pixel = 8 * Math.floor(cell / (width / 8)) * width + 8 * (cell % (width / 8));
        const x = ((out.warp.values[pixel] + 1) * widthB) / 2 - 0.5;
        const y = ((out.warp.values[height * width + pixel] + 1) * heightB) / 2 - 0.5;
        expect(Math.abs(x - out.matches.values[2 * cells + cell])).toBeLessThan(ABSOLUTE.place);
        expect(Math.abs(y - out.matches.values[3 * cells + cell])).toBeLessThan(ABSOLUTE.place);
        const deviation = out.expec_f.values[3 * cell + 2];
        const wanted = out.matches.values[4 * cells + cell] * Math.max(0, 1 - deviation / Math.SQRT2);
        const certainty = 1 / (1 + Math.exp(-out.certainty_logit.values[pixel]));
        expect(Math.abs(certainty - wanted)).toBeLessThan(1e-5);
      }
    }
  });

  describe('habits that the weights know', () => {
    it('the published position code, and the corrected one for weights that were trained with it', async () => {
      for (const positions of ['published', 'corrected'] as const) {
        const recorded = parity.tensor(`position_${positions === 'published' ? positions : 'fixed'}_8x8`).values;
        const { x, y } = positionAxes(64, 8, 8, positions);
        const table = recorded.map((_, i) => x[8 * Math.floor(i / 64) + (i % 8)] + y[Math.floor(i / 8)]);
        expect(largestDifference(table, recorded)).toBeLessThan(2e-6);
      }
      const out = await runPair(parity, 'a/', await load(), { positions: 'corrected' });
      const { compared, wrong } = compare(parity, 'a-fixed/', out);
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThanOrEqual(3);
      expectOwnMatches(parity, 'a-fixed/', out, ABSOLUTE);
      // The file does not say which: the other one gives other features.
      const wanted = parity.tensor('a/with_position_0').values;
      expect(relativeDifference(out.with_position_0.values, wanted)).toBeGreaterThan(0.01);
    });

    it('the second photo attends to the first as the same layer has left it', async () => {
      const weights = await load();
      const exchanged = {
        ...parity,
        tensor: (name: string) => parity.tensor(name.replace(/image([01])$/, (_, i) => `image${1 - Number(i)}`)),
      };
      // With the photos exchanged, the second photo goes first: that is the layer without the habit.
      const without = (await runPair(exchanged, 'a/', weights)).layer1_0.values;
      expect(relativeDifference(without, parity.tensor('a/layer1_1').values)).toBeGreaterThan(10 * RELATIVE);
    });
  });

  it('fp16: cosine at least 0.9999 of features, at most one match gained or lost, places within 0.1 pixels', async () => {
    const weights = await load();
    for (const pair of ['a/', 'b/']) {
      const out = await runPair(parity, pair, weights, {}, { precision: 'fp16' });
      for (const name of ['feats_c_0', 'coarse_0', 'coarse_1'])
        expect(cosine(out[name].values, parity.tensor(pair + name).values), name).toBeGreaterThanOrEqual(0.9999);
      const own = ownMatches(out.matches);
      const recorded = [...parity.tensor(`${pair}i_ids`).values];
      const kept = own.i.filter((cell) => recorded.includes(cell));
      expect(kept.length).toBeGreaterThanOrEqual(Math.max(own.i.length, recorded.length) - 1);
      for (const cell of kept) {
        const [k, l] = [own.i.indexOf(cell), recorded.indexOf(cell)];
        const wanted = parity.tensor(`${pair}mkpts1_f`).values;
        expect(Math.hypot(own.b[2 * k] - wanted[2 * l], own.b[2 * k + 1] - wanted[2 * l + 1])).toBeLessThan(0.1);
      }
    }
  });

  it('q8: cosine at least 0.999 after the transformer, whose linear layers alone are quantised', async () => {
    const out = await runPair(parity, 'a/', await load(), {}, { precision: 'q8' });
    for (const name of ['coarse_0', 'coarse_1'])
      expect(cosine(out[name].values, parity.tensor(`a/${name}`).values)).toBeGreaterThanOrEqual(0.999);
  });

  it('the same on the WASM provider that the page uses', async () => {
    expectOwnMatches(parity, 'a/', await runPair(parity, 'a/', await load(), {}, { run: runInWasm }), ABSOLUTE);
  });

  it('names every tensor of the published file as its list does', () => {
    expect(new Map(loftrShapes())).toEqual(new Map(publishedKeys('keys-loftr.txt')));
  });
});

describe.runIf(hasParity('loftr/full'))('LoFTR at its published widths', () => {
  it('features, matches and places as recorded', async () => {
    const parity = loadParity('loftr/full');
    const out = await runPair(parity, '', Weights.of(ruleWeights(parity)));
    const { compared, wrong } = compare(parity, '', out);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(4);
    expectOwnMatches(parity, '', out, ABSOLUTE);
  });

  it.each<[number, PrecisionName]>([
    [560, 'fp32'],
    [560, 'fp16'],
    [560, 'q8'],
    [640, 'fp32'],
  ])('%i pixels in %s: no buffer above 128 MiB, no integer on the way', (side, precision) => {
    const weights = Weights.of(shapesOnly(loftrShapes()));
    const config = readLoftrConfig(weights);
    for (const build of [
      (g: GraphBuilder) => buildEncoder(g, weights.again(), config, [side, side]),
      (g: GraphBuilder) => buildDecoder(g, weights.again(), config, { a: [side, side], b: [side, side] }),
    ]) {
      const g = new GraphBuilder({ name: 'full', precision: PRECISIONS[precision] });
      build(g);
      const { largestTemporary } = countCost(g);
      expect(largestTemporary.bytes / 2 ** 20, largestTemporary.node).toBeLessThanOrEqual(128);
      for (const input of g.inputs) expect(byteLength(input) / 2 ** 20, input.name).toBeLessThanOrEqual(128);
      expect(g.nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => dtype === 'int64')).toEqual([]);
    }
  });
});
