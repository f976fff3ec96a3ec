import { describe, expect, it, vi } from 'vitest';
import { countCost } from '../../onnx/cost.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import * as op from '../../onnx/ops.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { byteLength } from '../../onnx/value.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import { cosine, hasParity, loadParity } from '../parity.test-helper.ts';
import { publishedKeys, ruleWeights, shapesOnly } from '../synthetic-weights.test-helper.ts';
import { Weights } from '../weights.ts';
import { readEloftrConfig } from './config.ts';
import type { Outputs } from '../semi-dense/semi-dense.test-helper.ts';
import {
  expectOwnMatches,
  largestDifference,
  ownMatches,
  relativeDifference,
  rowsOf,
} from '../semi-dense/semi-dense.test-helper.ts';
import { runPair, weightsOf } from './eloftr.test-helper.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';
import { transformersName } from './names.ts';
import { eloftrShapes } from './published-shapes.ts';

/** Fifteen times what the longest takes alone: the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 });

/** Largest difference that counts as the same: relative to the largest value, or as it is. */
const RELATIVE: Readonly<Record<string, number>> = {
  feats_x1: 2e-5,
  feats_x2: 2e-5,
  feats_c: 2e-5,
  layer: 2e-5,
  coarse: 2e-5,
  similarity: 1e-5,
};
const ABSOLUTE = { confidence: 1e-4, stage1: 5e-5, offset: 5e-5, place: 1e-3 };

/** Weights of a mean are quotients of small numbers where nothing is certain. */
const PLACE_OF_MEAN = 5e-3;

const stem = (name: string): string => name.replace(/_[01]$/, '').replace(/^layer\d+$/, 'layer');

/** Recorded tensors of a pair that the graphs make as they are, and that are off by more than the tolerance. */
function wrongTensors(parity: ParityCase, pair: string, out: Outputs): { compared: string[]; wrong: string[] } {
  const compared = parity.names.filter((name) => {
    const own = name.slice(pair.length);
    return name.startsWith(pair) && !own.includes('/') && RELATIVE[stem(own)] !== undefined && out[own] !== undefined;
  });
  const wrong = compared.filter((name) => {
    const own = name.slice(pair.length);
    return !(relativeDifference(out[own].values, parity.tensor(name).values) < RELATIVE[stem(own)]);
  });
  return { compared, wrong };
}

describe.runIf(hasParity('eloftr'))('EfficientLoFTR from its state dicts', () => {
  const parity = hasParity('eloftr') ? loadParity('eloftr') : (null as unknown as ParityCase);
  const load = async (file = 'checkpoint.pth'): Promise<Weights> => weightsOf(await parity.checkpoint(file));
  /** A pair with the training form's weights and no option, run once for all tests that look at it. */
  const plainRuns = new Map<string, Promise<Outputs>>();
  const plain = (pair: string): Promise<Outputs> => {
    if (!plainRuns.has(pair))
      plainRuns.set(
        pair,
        load().then((weights) => runPair(parity, pair, weights)),
      );
    return plainRuns.get(pair)!;
  };

  it.each(['checkpoint.pth', 'checkpoint-deploy.pth'])('%s: every stage, matches index for index', async (file) => {
    const weights = await load(file);
    for (const pair of ['a/', 'b/', 'c/']) {
      const out = await runPair(parity, pair, weights);
      const { compared, wrong } = wrongTensors(parity, pair, out);
      expect(wrong).toEqual([]);
      expect(compared.length).toBeGreaterThanOrEqual(pair === 'a/' ? 17 : 4);
      const confidence = largestDifference(out.confidence.values, parity.tensor(`${pair}confidence`).values);
      expect(confidence).toBeLessThan(ABSOLUTE.confidence);
      expectOwnMatches(parity, pair, out, ABSOLUTE);
    }
    expect(weights.unused().filter((name) => !name.endsWith('num_batches_tracked'))).toEqual([]);
  });

  it('fine windows and both stages, at the network’s own matches', async () => {
    const out = await plain('a/');
    // Upstream's map at full resolution, which the graph never makes.
    for (const i of [0, 1]) {
      const { shape, values } = out[`half_${i}`];
      const g = new GraphBuilder({ name: 'fine' });
      g.output('fine', op.resize(g, g.input('half', 'float32', shape), [2 * shape[2], 2 * shape[3]]));
      const { fine } = await runInNode(g, { half: values });
      expect(relativeDifference(fine.values, parity.tensor(`a/fine_${i}`).values)).toBeLessThan(RELATIVE.coarse);
    }
    const cells = [...parity.tensor('a/i_ids').values];
    const pixels = parity.tensor('a/idx_l').values;
    for (const [name, limit] of [
      ['window_0', 2e-4],
      ['window_1', 2e-4],
      ['stage1_confidence', ABSOLUTE.stage1],
    ] as const)
      expect(largestDifference(rowsOf(out, name, cells), parity.tensor(`a/${name}`).values), name).toBeLessThan(limit);
    const ofPixel = (name: string, width: number): number[] =>
      cells.flatMap((cell, i) => rowsOf(out, name, [cell]).slice(pixels[i] * width, (pixels[i] + 1) * width));
    expect(ofPixel('pixel_idx_r', 1)).toEqual([...parity.tensor('a/idx_r').values]);
    expect(largestDifference(ofPixel('stage2_offset', 2), parity.tensor('a/stage2_offset').values)).toBeLessThan(
      ABSOLUTE.offset,
    );
  });

  it('every cell and every pixel, in whatever pieces the matrices are taken', async () => {
    const recorded = (name: string): Float32Array => parity.tensor(`a-dense/${name}`).values;
    // A near tie of two pixels may go either way; the recording says where they are.
    const tied = recorded('pixel_stage1_relative_gap').map((gap) => Number(gap < 1e-4));
    for (const pieceBytes of [undefined, 200_000]) {
      const out =
        pieceBytes === undefined ? await plain('a/') : await runPair(parity, 'a/', await load(), { pieceBytes });
      expect([...out.best.values]).toEqual([...recorded('j')]);
      expect(largestDifference(out.cell_confidence.values, recorded('confidence'))).toBeLessThan(ABSOLUTE.confidence);
      expect(largestDifference(out.pixel_stage1.values, recorded('pixel_stage1'))).toBeLessThan(ABSOLUTE.stage1);
      const clear = (values: Float32Array): Float32Array => values.map((v, i) => (tied[Math.floor(i / 2)] ? 0 : v));
      const target = largestDifference(clear(out.pixel_target.values), clear(recorded('pixel_target')));
      expect(target).toBeLessThan(ABSOLUTE.place);
    }
  });

  it('the dense field: between four fine pixels their mean by certainty, the network’s confidence at its own match', async () => {
    for (const pair of ['a/', 'c/']) {
      const out = await plain(pair);
      const [, , height, width] = out.warp.shape;
      const [, , heightB, widthB] = parity.tensor(`${pair}image1`).shape;
      expect([height, width]).toEqual(parity.tensor(`${pair}image0`).shape.slice(2));
      const columns = width / 8;
      /** Displacement and certainty of the fine pixel that stands for the place (x − 3.5, y − 3.5). */
      const finePixel = (y: number, x: number): [number, number, number] => {
        const cell = Math.floor(y / 8) * columns + Math.floor(x / 8);
        const pixel = (y % 8) * 8 + (x % 8);
        const scores = out.pixel_stage1.values.subarray(64 * cell, 64 * (cell + 1));
        const certainty = (out.cell_confidence.values[cell] * scores[pixel]) / Math.max(...scores);
        const at = 2 * (64 * cell + pixel);
        return [out.pixel_target.values[at] - x + 3.5, out.pixel_target.values[at + 1] - y + 3.5, certainty];
      };
      let largest = 0;
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) {
          // The last four rows and columns repeat the last that lies between fine pixels.
          const [top, left] = [Math.min(y, height - 5) + 3, Math.min(x, width - 5) + 3];
          const four = [0, 1].flatMap((dy) => [0, 1].map((dx) => finePixel(top + dy, left + dx)));
          const total = four.reduce((sum, [, , c]) => sum + c + 1e-6, 0);
          const mean = (k: 0 | 1): number => four.reduce((sum, p) => sum + (p[k] * (p[2] + 1e-6)) / total, 0);
          const certainty = four.reduce((sum, [, , c]) => sum + c / 4, 0);
          const i = y * width + x;
          largest = Math.max(
            largest,
            Math.abs(((out.warp.values[i] + 1) * widthB) / 2 - 0.5 - x - mean(0)),
            Math.abs(((out.warp.values[height * width + i] + 1) * heightB) / 2 - 0.5 - y - mean(1)),
            Math.abs(1 / (1 + Math.exp(-out.certainty_logit.values[i])) - certainty),
          );
        }
      expect(largest).toBeLessThan(PLACE_OF_MEAN);
      const own = ownMatches(out.matches);
      for (const [k, confidence] of own.confidence.entries()) {
        const [dx, dy, certainty] = finePixel(own.a[2 * k + 1] + 3.5, own.a[2 * k] + 3.5);
        expect(certainty).toBeCloseTo(confidence, 6);
        expect(Math.abs(own.a[2 * k] + dx - own.b[2 * k])).toBeLessThan(ABSOLUTE.place);
        expect(Math.abs(own.a[2 * k + 1] + dy - own.b[2 * k + 1])).toBeLessThan(ABSOLUTE.place);
      }
    }
  });

  it('long photos: positions are scaled back to the trained length', async () => {
    const recorded = (name: string): Float32Array => parity.tensor(`a-npe1152/${name}`).values;
    const longestTrained = (832 * 96) / 1152;
    const out = await runPair(parity, 'a/', await load(), { longestTrained });
    expect(relativeDifference(out.coarse_0.values, recorded('coarse_0'))).toBeLessThan(RELATIVE.coarse);
    expect(relativeDifference(out.coarse_1.values, recorded('coarse_1'))).toBeLessThan(RELATIVE.coarse);
    expect(ownMatches(out.matches).i).toEqual([...recorded('i_ids')]);
  });

  it('the opt model: similarity in the softmax’s place', async () => {
    const threshold = parity.facts.opt_threshold;
    const out = await runPair(parity, 'a/', await load(), { confidence: 'similarity', threshold });
    const own = ownMatches(out.matches);
    const recorded = (name: string): number[] => [...parity.tensor(`a-opt/${name}`).values];
    expect(own.i).toEqual(recorded('i_ids'));
    expect(relativeDifference(own.confidence, recorded('mconf'))).toBeLessThan(RELATIVE.similarity);
    expect(largestDifference(own.b, recorded('mkpts1_f'))).toBeLessThan(ABSOLUTE.place);
  });

  describe('habits that the weights know', () => {
    it('the second photo attends to the first as the same layer has left it', async () => {
      const out = await plain('a/');
      // With the photos exchanged, the second photo goes first: that is the layer without the habit.
      const exchanged = {
        ...parity,
        tensor: (name: string) => parity.tensor(name.replace(/image([01])$/, (_, i) => `image${1 - Number(i)}`)),
      };
      const without = (await runPair(exchanged, 'a/', await load())).layer1_0.values;
      const recorded = parity.tensor('a/layer1_1').values;
      expect(relativeDifference(out.layer1_1.values, recorded)).toBeLessThan(RELATIVE.layer);
      expect(relativeDifference(without, recorded)).toBeGreaterThan(10 * RELATIVE.layer);
    });

    it('tables of the position code are rounded to half precision', async () => {
      const recorded = parity.tensor('a/coarse_0').values;
      const exact = await runPair(parity, 'a/', await load(), { halfPrecisionRope: false });
      expect(relativeDifference(exact.coarse_0.values, recorded)).toBeGreaterThan(RELATIVE.coarse);
    });

    it('the second stage looks one pixel above and left, and around the window’s edge', async () => {
      const out = await plain('c/');
      const own = ownMatches(out.matches);
      const pixels = [...parity.tensor('c/idx_l').values];
      const partners = own.i.map((cell, k) => rowsOf(out, 'pixel_idx_r', [cell])[pixels[k]]);
      expect(partners).toEqual([...parity.tensor('c/idx_r').values]);
      const channels = out.window_0.shape[2];
      let [largestWithout, wraps] = [0, 0];
      for (const [k, cell] of own.i.entries()) {
        const a = rowsOf(out, 'window_0', [cell])
          .slice(pixels[k] * channels, (pixels[k] + 1) * channels)
          .slice(-8);
        const b = rowsOf(out, 'window_1', [cell]);
        const centred = expectedOffset(a, b, channels, Math.floor(partners[k] / 8) + 1, (partners[k] % 8) + 1);
        const recorded = [...parity.tensor('c/stage2_offset').values].slice(2 * k, 2 * k + 2);
        largestWithout = Math.max(largestWithout, largestDifference(centred, recorded));
        wraps += Number(partners[k] < 8 || partners[k] % 8 === 0);
        const asPublished = expectedOffset(a, b, channels, Math.floor(partners[k] / 8), partners[k] % 8);
        expect(largestDifference(asPublished, recorded)).toBeLessThan(ABSOLUTE.offset);
      }
      expect(wraps).toBeGreaterThan(0);
      expect(largestWithout).toBeGreaterThan(0.1);
    });
  });

  it('fp16: cosine at least 0.9999 of features, every match kept within 0.05 pixels', async () => {
    const weights = await load();
    for (const pair of ['a/', 'b/']) {
      const out = await runPair(parity, pair, weights, {}, { precision: 'fp16' });
      for (const name of ['feats_c_0', 'feats_c_1', 'coarse_0', 'coarse_1'])
        expect(cosine(out[name].values, parity.tensor(pair + name).values), name).toBeGreaterThanOrEqual(0.9999);
      const own = ownMatches(out.matches);
      expect(own.i).toEqual([...parity.tensor(`${pair}i_ids`).values]);
      expect(own.a).toEqual([...parity.tensor(`${pair}mkpts0_f`).values]);
      expect(largestDifference(own.b, parity.tensor(`${pair}mkpts1_f`).values)).toBeLessThan(0.05);
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
});

/** The second stage by hand: softmax over a 3×3 neighbourhood of a 10×10 window, expectation in [-1, 1]. */
function expectedOffset(a: number[], b: number[], channels: number, row: number, column: number): number[] {
  const scores: number[] = [];
  for (const dy of [-1, 0, 1])
    for (const dx of [-1, 0, 1]) {
      const at = (((row + dy + 10) % 10) * 10 + ((column + dx + 10) % 10)) * channels + channels - 8;
      scores.push(a.reduce((sum, value, c) => sum + value * b[at + c], 0) / Math.sqrt(8) / 10);
    }
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  const total = weights.reduce((sum, value) => sum + value, 0);
  const mean = (offset: (i: number) => number): number =>
    weights.reduce((sum, value, i) => sum + (value / total) * offset(i), 0);
  return [mean((i) => (i % 3) - 1), mean((i) => Math.floor(i / 3) - 1)];
}

describe.runIf(hasParity('eloftr-hf'))('EfficientLoFTR under transformers’ names', () => {
  it('features as transformers, matches as the authors', async () => {
    const parity = loadParity('eloftr-hf');
    const weights = weightsOf(await parity.checkpoint('model.safetensors'));
    const asGray = {
      ...parity,
      tensor: (name: string) => {
        const image = /^(.*)image([01])$/.exec(name);
        if (!image) return parity.tensor(name);
        const { shape, values } = parity.tensor(`${image[1]}pixel_values`);
        const plane = shape[3] * shape[4];
        const first = Number(image[2]) * 3 * plane;
        return { shape: [1, 1, shape[3], shape[4]], values: values.slice(first, first + plane) };
      },
    };
    for (const pair of ['a/', 'b/']) {
      const exact = await runPair(asGray, pair, weights, { halfPrecisionRope: false });
      const both = new Float32Array([...exact.coarse_0.values, ...exact.coarse_1.values]);
      expect(relativeDifference(both, parity.tensor(`${pair}coarse`).values)).toBeLessThan(2e-5);
      expect(largestDifference(exact.confidence.values, parity.tensor(`${pair}confidence`).values)).toBeLessThan(1e-4);

      const own = ownMatches((await runPair(asGray, pair, weights)).matches);
      const recorded = (name: string): number[] => [...parity.tensor(`${pair}authors_${name}`).values];
      expect(own.i).toEqual(recorded('i_ids'));
      expect(own.a).toEqual(recorded('mkpts0_f'));
      expect(largestDifference(own.b, recorded('mkpts1_f'))).toBeLessThan(ABSOLUTE.place);
    }
    expect(weights.unused().filter((name) => !name.endsWith('num_batches_tracked'))).toEqual([]);
  });

  it('names every tensor of the published files as their lists do', () => {
    const byName = (shapes: readonly (readonly [string, readonly number[]])[]) => new Map(shapes);
    expect(byName(eloftrShapes())).toEqual(byName(publishedKeys('keys-eloftr.txt')));
    expect(byName(eloftrShapes({ fused: true }))).toEqual(byName(publishedKeys('keys-eloftr-deploy.txt')));
    expect(byName(eloftrShapes().map(([name, shape]) => [transformersName(name), shape]))).toEqual(
      byName(publishedKeys('keys-eloftr-hf.txt')),
    );
  });
});

describe.runIf(hasParity('eloftr/full'))('EfficientLoFTR at its published widths', () => {
  it('features, matches and places as recorded; fp16 keeps them', async () => {
    const parity = loadParity('eloftr/full');
    const weights = Weights.of(ruleWeights(parity));
    const out = await runPair(parity, '', weights);
    for (const name of ['feats_c_0', 'feats_c_1', 'coarse_0', 'coarse_1'])
      expect(relativeDifference(out[name].values, parity.tensor(name).values), name).toBeLessThan(2e-5);
    expectOwnMatches(parity, '', out, ABSOLUTE);
    const half = ownMatches((await runPair(parity, '', weights, {}, { precision: 'fp16' })).matches);
    const recorded = [...parity.tensor('i_ids').values];
    // Half activations drop one match of eleven under the threshold, as the notes on the recording say.
    expect(half.i.filter((cell) => recorded.includes(cell)).length).toBeGreaterThanOrEqual(recorded.length - 1);
  });

  const MIB = 2 ** 20;
  it.each<[number, PrecisionName]>([
    [576, 'fp32'],
    [576, 'fp16'],
    [576, 'q8'],
    [832, 'fp32'],
  ])('%i pixels in %s: no buffer above 128 MiB, no integer on the way', (side, precision) => {
    const weights = Weights.of(shapesOnly(eloftrShapes()));
    const config = readEloftrConfig(weights);
    for (const build of [
      (g: GraphBuilder) => buildEncoder(g, weights.again(), [side, side]),
      (g: GraphBuilder) => buildDecoder(g, weights.again(), config, { a: [side, side], b: [side, side] }),
    ]) {
      const g = new GraphBuilder({ name: 'full', precision: PRECISIONS[precision] });
      build(g);
      const { largestTemporary } = countCost(g);
      expect(largestTemporary.bytes / MIB, largestTemporary.node).toBeLessThanOrEqual(128);
      for (const input of g.inputs) expect(byteLength(input) / MIB, input.name).toBeLessThanOrEqual(128);
      expect(g.nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => dtype === 'int64')).toEqual([]);
    }
  });
});
