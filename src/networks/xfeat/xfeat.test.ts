import { describe, expect, it, vi } from 'vitest';
import { countCost } from '../../onnx/cost.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import { cosine, hasParity, loadParity } from '../parity.test-helper.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Outputs } from '../semi-dense/semi-dense.test-helper.ts';
import {
  largestDifference,
  observeInto,
  ownMatches,
  relativeDifference,
} from '../semi-dense/semi-dense.test-helper.ts';
import { publishedKeys, shapesOnly } from '../synthetic-weights.test-helper.ts';
import { Weights } from '../weights.ts';
import { normalisedGray, readXfeatBackbone, xfeatFeatures } from './backbone.ts';
import { xfeatShapes } from './published-shapes.ts';
import { buildDecoder, buildEncoder, cellCount, grids } from './star.ts';
import { runPair } from './xfeat.test-helper.ts';

/** Fifteen times what the longest takes alone: the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 });

const PAIRS = [
  ['a/', 4096],
  ['b/', 4096],
  ['c/', 60],
] as const;

/** Rows (x, y in A, x, y in B) in an order of their own: published lists are sorted by reliability, ours by cell. */
function sortedRows(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return Array.from({ length: a.length / 2 }, (_, k) => [a[2 * k], a[2 * k + 1], b[2 * k], b[2 * k + 1]])
    .sort((x, y) => Math.round(x[2] - y[2]) || Math.round(x[3] - y[3]) || x[0] - y[0])
    .flat();
}

/** Our cell of each recorded dense key point: those of the smaller scale come first. */
function cellsOfRecorded(parity: ParityCase, pair: string, side: 0 | 1, topK: number): number[] {
  const size = parity.tensor(`${pair}image${side}`).shape.slice(2) as unknown as Size;
  const places = parity.tensor(`${pair}dense_keypoints_${side}`).values;
  const [small] = grids(size);
  const ofSmall = small.rows * small.columns;
  const selected = Math.min(ofSmall, Math.floor(topK * 0.2));
  return Array.from({ length: places.length / 2 }, (_, k) => {
    const { columns, stepX, stepY } = grids(size)[k < selected ? 0 : 1];
    const cell = Math.round(places[2 * k + 1] / stepY) * columns + Math.round(places[2 * k] / stepX);
    return k < selected ? cell : ofSmall + cell;
  });
}

function expectOwnMatches(parity: ParityCase, pair: string, out: Outputs, limit = 2e-3): void {
  const own = ownMatches(out.matches);
  const recorded = sortedRows(
    parity.tensor(`${pair}star_matches_0`).values,
    parity.tensor(`${pair}star_matches_1`).values,
  );
  expect(largestDifference(sortedRows(own.a, own.b), recorded)).toBeLessThan(limit);
}

describe.runIf(hasParity('xfeat'))('XFeat from its state dict', () => {
  const parity = hasParity('xfeat') ? loadParity('xfeat') : (null as unknown as ParityCase);
  const load = async (): Promise<Weights> => Weights.of((await parity.checkpoint('checkpoint.pth')).tensors);

  it('features at the photo’s own scale, every block', async () => {
    const weights = await load();
    for (const i of [0, 1]) {
      const { shape, values } = parity.tensor(`a/preprocessed_${i}`);
      const g = new GraphBuilder({ name: 'features' });
      const normalised = normalisedGray(g, g.input('image', 'float32', shape));
      const observe = observeInto(g);
      observe('normalised', normalised);
      xfeatFeatures(g, readXfeatBackbone(weights.again()), normalised, observe);
      const out = await runInNode(g, { image: values });
      for (const name of ['normalised', 'block1', 'skip1', 'block2', 'block3', 'block4', 'block5', 'features']) {
        const recorded = parity.tensor(`a/${name}_${i}`).values;
        expect(relativeDifference(out[`observed.${name}`].values, recorded), name).toBeLessThan(1e-4);
      }
    }
  });

  it('cells of both scales: the same are selected, with the same descriptors', async () => {
    const weights = await load();
    for (const [pair, topK] of PAIRS) {
      const out = await runPair(parity, pair, weights, { topK });
      for (const scale of ['0.6', '1.3']) {
        const recorded = parity.tensor(`${pair}scaled_${scale}_0`);
        expect(out[`scaled_${scale}_0`].shape).toEqual(recorded.shape);
        expect(largestDifference(out[`scaled_${scale}_0`].values, recorded.values)).toBeLessThan(1e-5);
      }
      if (pair !== 'a/') continue;
      for (const side of [0, 1] as const) {
        const cells = cellsOfRecorded(parity, pair, side, topK);
        const own = cells.flatMap((cell) => [
          ...out[`descriptors_${side}`].values.subarray(64 * cell, 64 * (cell + 1)),
        ]);
        const recorded = parity.tensor(`${pair}dense_descriptors_${side}`).values;
        expect(relativeDifference(own, recorded)).toBeLessThan(1e-4);
      }
    }
  });

  it('match_xfeat_star: the same pairs, confidences, offsets and places', async () => {
    const weights = await load();
    for (const [pair, topK] of PAIRS) {
      const out = await runPair(parity, pair, weights, { topK });
      const cells = ([0, 1] as const).map((side) => cellsOfRecorded(parity, pair, side, topK));
      const recorded = (name: string): Float32Array => parity.tensor(pair + name).values;
      const pairsOfRecorded = [...recorded('star_idx_0')].map((i, k) => [
        cells[0][i],
        cells[1][recorded('star_idx_1')[k]],
      ]);
      const mutual = [...out.own.values].flatMap((isOwn, cell) => (isOwn ? [[cell, out.best.values[cell]]] : []));
      expect(mutual).toEqual([...pairsOfRecorded].sort((x, y) => x[0] - y[0]));
      for (const [k, [cell]] of pairsOfRecorded.entries()) {
        expect(Math.abs(out.fine_confidence.values[cell] - recorded('star_confidence')[k])).toBeLessThan(5e-4);
        for (const axis of [0, 1])
          expect(Math.abs(out.offset.values[2 * cell + axis] - recorded('star_offset')[2 * k + axis])).toBeLessThan(
            1e-3,
          );
        if (pair !== 'a/') continue;
        const logits = out.offset_logits.values.subarray(64 * cell, 64 * (cell + 1));
        const published = recorded('star_offset_logits').subarray(64 * k, 64 * (k + 1));
        expect(largestDifference(logits, published)).toBeLessThan(1e-3);
      }
      expectOwnMatches(parity, pair, out);
    }
  });

  it('the same in whatever pieces the similarities are taken, and where cells are left out by their rank', async () => {
    const weights = await load();
    for (const [pair, topK] of [PAIRS[0], PAIRS[2]])
      expectOwnMatches(parity, pair, await runPair(parity, pair, weights, { topK, pieceBytes: 8_000 }));
  });

  it('descriptors are compared as they are: normalised ones give other pairs', async () => {
    const out = await runPair(parity, 'a/', await load());
    const rows = (name: string): number[][] =>
      Array.from({ length: out[name].values.length / 64 }, (_, i) => {
        const row = [...out[name].values.subarray(64 * i, 64 * (i + 1))];
        const norm = Math.hypot(...row);
        return row.map((value) => value / norm);
      });
    const [a, b] = [rows('descriptors_0'), rows('descriptors_1')];
    const best = a.map((x) => {
      const products = b.map((y) => x.reduce((sum, value, c) => sum + value * y[c], 0));
      return products.indexOf(Math.max(...products));
    });
    expect(best.filter((cell, i) => cell !== out.best.values[i]).length).toBeGreaterThan(a.length / 20);
  });

  it('only the first photo’s point moves; the second stays on its cell’s corner', async () => {
    const out = await runPair(parity, 'a/', await load());
    const { b } = ownMatches(out.matches);
    const size = parity.tensor('a/image1').shape.slice(2) as unknown as Size;
    for (let k = 0; k < b.length; k += 2) {
      const isCorner = grids(size).some(
        ({ stepX, stepY }) =>
          Math.abs(b[k] / stepX - Math.round(b[k] / stepX)) < 1e-3 &&
          Math.abs(b[k + 1] / stepY - Math.round(b[k + 1] / stepY)) < 1e-3,
      );
      expect(isCorner).toBe(true);
    }
  });

  it('the dense field: cells spread bilinearly by certainty, of both scales the surer one', async () => {
    for (const pair of ['a/', 'b/']) {
      const out = await runPair(parity, pair, await load());
      const [, , height, width] = out.warp.shape;
      const size: Size = [height, width];
      const cells = out.matches.shape[3];
      const at = (row: number, cell: number): number => out.matches.values[row * cells + cell];
      let first = 0;
      const fields = grids(size).map(({ rows, columns }) => {
        const start = first;
        first += rows * columns;
        return (y: number, x: number): number[] => {
          const [v, u] = [(y * rows) / height, (x * columns) / width];
          let [weight, dx, dy, certainty] = [0, 0, 0, 0];
          for (const row of [Math.floor(v), Math.floor(v) + 1])
            for (const column of [Math.floor(u), Math.floor(u) + 1]) {
              const share = (1 - Math.abs(v - row)) * (1 - Math.abs(u - column));
              const cell = start + Math.min(row, rows - 1) * columns + Math.min(column, columns - 1);
              const own = out.cell_certainty.values[cell];
              weight += share * (own + 1e-6);
              dx += share * (own + 1e-6) * (at(2, cell) - at(0, cell));
              dy += share * (own + 1e-6) * (at(3, cell) - at(1, cell));
              certainty += share * own;
            }
          return [dx / weight, dy / weight, certainty];
        };
      });
      let [compared, largest] = [0, 0];
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) {
          const [coarse, fine] = fields.map((field) => field(y, x));
          if (Math.abs(coarse[2] - fine[2]) < 1e-5) continue;
          const [dx, dy, certainty] = fine[2] > coarse[2] ? fine : coarse;
          const i = y * width + x;
          const warp = [
            ((out.warp.values[i] + 1) * width) / 2 - 0.5 - x,
            ((out.warp.values[height * width + i] + 1) * height) / 2 - 0.5 - y,
          ];
          const logit = 1 / (1 + Math.exp(-out.certainty_logit.values[i]));
          largest = Math.max(largest, Math.abs(warp[0] - dx), Math.abs(warp[1] - dy), Math.abs(logit - certainty));
          compared += 1;
        }
      expect(compared).toBeGreaterThan(0.5 * height * width);
      expect(largest).toBeLessThan(2e-3);
    }
  });

  it('a cell whose way to B and back ends elsewhere is not certain', async () => {
    const out = await runPair(parity, 'a/', await load());
    const confidence = out.fine_confidence.values;
    // Mutual cells come back to themselves.
    out.own.values.forEach((isOwn, cell) => {
      if (isOwn) expect(Math.abs(out.cell_certainty.values[cell] - confidence[cell])).toBeLessThan(1e-6);
    });
    const lost = [...out.cell_certainty.values].filter((value, cell) => value === 0 && confidence[cell] > 0);
    expect(lost.length).toBeGreaterThan(10);
  });

  it('fp16: cosine at least 0.9999 of descriptors, no match further off than half a pixel', async () => {
    const weights = await load();
    const exact = await runPair(parity, 'a/', weights);
    const half = await runPair(parity, 'a/', weights, { precision: 'fp16' });
    expect(cosine(half.descriptors_0.values, exact.descriptors_0.values)).toBeGreaterThanOrEqual(0.9999);
    expect(cosine(half.reliability_0.values, exact.reliability_0.values)).toBeGreaterThanOrEqual(0.9999);
    const [own, wanted] = [ownMatches(half.matches), ownMatches(exact.matches)];
    const kept = wanted.i.filter((cell) => own.i.includes(cell));
    expect(kept.length).toBeGreaterThanOrEqual(wanted.i.length - 1);
    for (const cell of kept) {
      const [k, l] = [own.i.indexOf(cell), wanted.i.indexOf(cell)];
      expect(Math.hypot(own.a[2 * k] - wanted.a[2 * l], own.a[2 * k + 1] - wanted.a[2 * l + 1])).toBeLessThan(0.5);
    }
  });

  it('the same on the WASM provider that the page uses', async () => {
    expectOwnMatches(parity, 'a/', await runPair(parity, 'a/', await load(), { run: runInWasm }));
  });

  it('names every tensor of the published file as its list does', () => {
    expect(new Map(xfeatShapes())).toEqual(new Map(publishedKeys('keys-xfeat.txt')));
  });
});

it.each(['fp32', 'fp16'] as const)('480 pixels in %s: no buffer above 128 MiB, no integer on the way', (precision) => {
  const weights = Weights.of(shapesOnly(xfeatShapes()));
  for (const side of [480, 640]) {
    const size: Size = [side, side];
    expect(cellCount(size)).toBe(grids(size).reduce((sum, { rows, columns }) => sum + rows * columns, 0));
    for (const build of [
      (g: GraphBuilder) => buildEncoder(g, weights.again(), size),
      (g: GraphBuilder) => buildDecoder(g, weights.again(), { a: size, b: size }),
    ]) {
      const g = new GraphBuilder({ name: 'full', precision: PRECISIONS[precision] });
      build(g);
      const { largestTemporary } = countCost(g);
      expect(largestTemporary.bytes / 2 ** 20, largestTemporary.node).toBeLessThanOrEqual(128);
      expect(g.nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => dtype === 'int64')).toEqual([]);
    }
  }
});
