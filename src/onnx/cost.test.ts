import { describe, expect, it } from 'vitest';
import { countCost } from './cost.ts';
import { GraphBuilder } from './graph-builder.ts';
import * as layer from './layers.ts';
import * as op from './ops.ts';
import { PRECISIONS } from './precision.ts';
import { noise, tensorOf } from './run-in-node.test-helper.ts';

describe('countCost', () => {
  it('counts a chain of two stages by hand', () => {
    const g = new GraphBuilder({ name: 'chain' });
    const x = g.input('x', 'float32', [1, 3, 8, 8]);
    const kernel = tensorOf('conv.weight', [16, 3, 3, 3], noise(432));
    const map = g.scope('stem', () => layer.conv2d(g, x, kernel, null, { padding: 1 }));
    const rows = g.scope('head', () =>
      op.matMul(g, op.reshape(g, map, [16, 64]), g.constant(Array(64).fill(1), 'float32', [64, 1])),
    );
    g.output('rows', rows);
    const cost = countCost(g);
    expect(cost.stages.map(({ stage, flops }) => [stage, flops])).toEqual([
      ['stem', 2 * 16 * 64 * 27],
      ['head', 2 * 16 * 64],
    ]);
    expect(cost.largestTemporary.bytes).toBe(16 * 64 * 4);
    expect(cost.stages[0].weightBytes).toBe(432 * 4);
    expect(cost.stages[0].activationBytes).toBe(4 * (3 * 64 + 16 * 64));
    // The map is alive beside the image while it is made; the reshape is a view.
    expect(cost.peakActivationBytes).toBe(4 * (3 * 64 + 16 * 64));
  });

  it('counts attention with the scores it hides, and leaves casts of stored weights out', () => {
    const g = new GraphBuilder({ name: 'attention', precision: PRECISIONS.q8 });
    const x = g.input('x', 'float32', [1, 10, 8]);
    const kept = g.weight(tensorOf('scale', [8], noise(8)));
    g.output('y', op.mul(g, op.multiHeadAttention(g, x, x, x, 2), kept));
    const cost = countCost(g);
    expect(cost.total.nodes).toBe(2);
    expect(cost.total.flops).toBe(100 * (16 + 16 + 10) + 80);
    expect(cost.largestTemporary.bytes).toBe(2 * 100 * 4);
    expect(cost.storedBytes).toBe(16);
  });
});
