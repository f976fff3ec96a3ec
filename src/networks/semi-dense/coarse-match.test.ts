import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { noise, runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { firstLargest, matchCells } from './coarse-match.ts';

describe('firstLargest', () => {
  // Extents with blocks and without, and with many equal entries.
  it.each([
    [6, 96],
    [96, 6],
    [7, 13],
    [128, 256],
    [1, 24],
  ])('of a %i × %i matrix with many equals: the first of the largest, either way', async (rows, columns) => {
    const values = noise(rows * columns, 3).map((value) => Math.round(4 * value));
    const g = new GraphBuilder({ name: 'largest' });
    const x = g.input('x', 'float32', [rows, columns]);
    for (const axis of [0, 1] as const) {
      const { index, largest } = firstLargest(g, x, axis);
      g.output(`index${axis}`, index);
      g.output(`largest${axis}`, largest);
    }
    const out = await runInNode(g, { x: values });
    const lines = (axis: 0 | 1): number[][] =>
      axis === 1
        ? Array.from({ length: rows }, (_, r) => [...values.subarray(r * columns, (r + 1) * columns)])
        : Array.from({ length: columns }, (_, c) => Array.from({ length: rows }, (_r, r) => values[r * columns + c]));
    for (const axis of [0, 1] as const) {
      const largest = lines(axis).map((line) => Math.max(...line));
      expect([...out[`largest${axis}`].values]).toEqual(largest);
      expect([...out[`index${axis}`].values]).toEqual(lines(axis).map((line, i) => line.indexOf(largest[i])));
    }
  });
});

it.each(['dual-softmax', 'similarity'] as const)(
  '%s: strips of rows say what the whole matrix says',
  async (confidence) => {
    const run = async (pieceBytes: number) => {
      const g = new GraphBuilder({ name: 'match' });
      const input = (name: string, cells: number) => g.input(name, 'float32', [1, cells, 8]);
      const {
        best,
        confidence: sure,
        mutual,
      } = matchCells(g, input('a', 70), input('b', 48), {
        scale: 2,
        confidence,
        pieceBytes,
      });
      for (const [name, value] of Object.entries({ best, sure, mutual })) g.output(name, value);
      return runInNode(g, { a: noise(70 * 8, 1), b: noise(48 * 8, 2) });
    };
    const [whole, strips] = [await run(1e9), await run(20 * 48 * 4)];
    expect([...strips.best.values]).toEqual([...whole.best.values]);
    expect([...strips.mutual.values]).toEqual([...whole.mutual.values]);
    expect(whole.mutual.values.filter(Boolean).length).toBeGreaterThan(5);
    strips.sure.values.forEach((value, i) => expect(value).toBeCloseTo(whole.sure.values[i], 5));
  },
);
