import { expect, it } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { noise, runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { classesToWarp } from './class-warp.ts';

const SIDE = 6;
const CLASSES = SIDE * SIDE;

it('averages the likeliest cell with its clamped neighbours, the first of equals at a tie', async () => {
  const logits = noise(8 * CLASSES, 5).map((value) => 4 * value);
  logits[0] = 9; // First cell: two neighbours are clamped onto it.
  logits[CLASSES + CLASSES - 1] = 9; // Last cell.
  logits[2 * CLASSES + 11] = 9; // End of a row: the next index is the next row's first cell, as published.
  logits[3 * CLASSES + 8] = 9; // A tie between cells 8 and 27.
  logits[3 * CLASSES + 27] = 9;
  const g = new GraphBuilder({ name: 'classes' });
  g.output('warp', classesToWarp(g, g.input('logits', 'float32', [1, 8, CLASSES])));
  const { warp } = await runInNode(g, { logits });
  for (let place = 0; place < 8; place += 1) {
    const [x, y] = expected(logits.subarray(place * CLASSES, (place + 1) * CLASSES));
    expect(warp.values[2 * place]).toBeCloseTo(x, 5);
    expect(warp.values[2 * place + 1]).toBeCloseTo(y, 5);
  }
});

function expected(logits: Float32Array): [number, number] {
  const mode = logits.indexOf(Math.max(...logits));
  const cells = [mode - 1, mode, mode + 1, mode - SIDE, mode + SIDE].map((cell) =>
    Math.min(Math.max(cell, 0), CLASSES - 1),
  );
  const weights = cells.map((cell) => Math.exp(logits[cell]));
  const total = weights.reduce((sum, weight) => sum + weight);
  const mean = (centre: (cell: number) => number): number =>
    cells.reduce((sum, cell, i) => sum + weights[i] * centre(cell), 0) / total;
  return [
    mean((cell) => (2 * (cell % SIDE) + 1) / SIDE - 1),
    mean((cell) => (2 * Math.floor(cell / SIDE) + 1) / SIDE - 1),
  ];
}
