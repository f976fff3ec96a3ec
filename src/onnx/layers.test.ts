import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './graph-builder.ts';
import * as layer from './layers.ts';
import * as op from './ops.ts';
import type { PrecisionName } from './precision.ts';
import { PRECISIONS } from './precision.ts';
import { quantizeRows } from './quantize.ts';
import { noise, runInNode, tensorOf } from './run-in-node.test-helper.ts';

/** ‖a − b‖ / ‖b‖ */
function relativeError(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(
    a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / b.reduce((sum, value) => sum + value ** 2, 0),
  );
}

/** x·Wᵀ·diag(scale) + b·scale in float64. */
function linearReference(x: Float32Array, w: Float32Array, b: Float32Array, scale: Float32Array): Float32Array {
  const inputs = w.length / b.length;
  return Float32Array.from({ length: (x.length / inputs) * b.length }, (_, i) => {
    const [row, out] = [Math.floor(i / b.length), i % b.length];
    let sum = b[out];
    for (let k = 0; k < inputs; k += 1) sum += x[row * inputs + k] * w[out * inputs + k];
    return sum * scale[out];
  });
}

describe('linear', () => {
  const [x, w, b, scale] = [noise(2 * 5 * 80, 1), noise(24 * 80, 2), noise(24, 3), noise(24, 4)];
  const weight = tensorOf('fc.weight', [24, 80], w);
  const bias = tensorOf('fc.bias', [24], b);
  const gamma = tensorOf('ls.gamma', [24], scale);

  it.each<[PrecisionName, number]>([
    ['fp32', 1e-6],
    ['fp16', 2e-3],
    ['q8', 1e-2],
    ['q4', 1.2e-1],
  ])('%s agrees with the definition within %f', async (precision, tolerance) => {
    const g = new GraphBuilder({ name: 'linear', precision: PRECISIONS[precision] });
    const input = g.input('x', 'float32', [2, 5, 80]);
    g.output('plain', layer.linear(g, input, weight, bias));
    g.output('scaled', layer.linear(g, input, weight, bias, gamma));
    const out = await runInNode(g, { x });
    expect(relativeError(out.plain.values, linearReference(x, w, b, new Float32Array(24).fill(1)))).toBeLessThan(
      tolerance,
    );
    expect(relativeError(out.scaled.values, linearReference(x, w, b, scale))).toBeLessThan(tolerance);
  });

  it('shares one initialiser between two uses of the same weight', () => {
    const g = new GraphBuilder({ name: 'shared' });
    const input = g.input('x', 'float32', [5, 80]);
    layer.linear(g, input, weight, bias);
    const before = g.initializers.length;
    layer.linear(g, input, weight, bias);
    expect(g.initializers.length).toBe(before);
  });
});

describe('quantizeRows', () => {
  it.each([8, 4] as const)(
    '%i bits: the entry of largest magnitude of a block is met exactly, the rest within half a step',
    (bits) => {
      const matrix = noise(3 * 40, 9);
      const { codes, scales } = quantizeRows(matrix, 3, 40, bits);
      for (let i = 0; i < matrix.length; i += 1) {
        const [row, column] = [Math.floor(i / 40), i % 40];
        const block = row * 2 + Math.floor(column / 32);
        const place = block * 32 + (column % 32);
        const code = bits === 8 ? codes[place] : (codes[place >> 1] >> (place & 1 ? 4 : 0)) & 15;
        const decoded = (code - 2 ** (bits - 1)) * scales[block];
        // The side opposite to the extreme entry has one code less: up to a whole step there.
        expect(Math.abs(decoded - matrix[i])).toBeLessThanOrEqual(Math.abs(scales[block]) * 1.0001);
        if (code === 0) expect(decoded).toBeCloseTo(matrix[i], 1);
      }
    },
  );

  it('keeps a block of zeros zero', () => {
    const { codes, scales } = quantizeRows(new Float32Array(32), 1, 32, 8);
    expect([...scales]).toEqual([-0]);
    expect(new Set(codes)).toEqual(new Set([128]));
  });
});

describe('attention', () => {
  const run = async (options: { attentionBytes?: number; fusedAttention?: boolean; precision?: PrecisionName }) => {
    const g = new GraphBuilder({ name: 'attention', ...options, precision: PRECISIONS[options.precision ?? 'fp32'] });
    const [q, k, v] = [
      ['q', 6],
      ['k', 9],
      ['v', 9],
    ].map(([name, tokens]) => op.toCompute(g, g.input(String(name), 'float32', [2, Number(tokens), 24])));
    g.output('out', op.toFloat32(g, layer.attention(g, q, k, v, 6)));
    const { out } = await runInNode(g, { q: noise(2 * 6 * 24, 5), k: noise(2 * 9 * 24, 6), v: noise(2 * 9 * 24, 7) });
    return { values: out.values, nodes: g.nodes.filter(({ opType }) => /Softmax|MultiHead/.test(opType)).length };
  };

  it('gives the same result written out, fused, and split by heads', async () => {
    const whole = await run({});
    const fused = await run({ fusedAttention: true });
    // 2·6·9 scores of 4 bytes a head; room for four and a bit: the largest divisor of six heads is three.
    const split = await run({ attentionBytes: 2 * 6 * 9 * 4 * 4.5 });
    expect([whole.nodes, fused.nodes, split.nodes]).toEqual([1, 1, 2]);
    expect(relativeError(fused.values, whole.values)).toBeLessThan(1e-6);
    expect(relativeError(split.values, whole.values)).toBeLessThan(1e-6);
  });

  it('in half precision stays within its rounding', async () => {
    expect(relativeError((await run({ precision: 'fp16' })).values, (await run({})).values)).toBeLessThan(2e-3);
  });
});

describe('convolution', () => {
  it('folds a BatchNorm exactly', async () => {
    const [w, b] = [noise(4 * 2 * 9, 1), noise(4, 2)];
    const [weight, bias, mean] = [noise(4, 3), noise(4, 4), noise(4, 5)];
    const variance = noise(4, 6).map((value) => value * value + 0.1);
    const norm = {
      weight: tensorOf('bn.weight', [4], weight),
      bias: tensorOf('bn.bias', [4], bias),
      mean: tensorOf('bn.running_mean', [4], mean),
      variance: tensorOf('bn.running_var', [4], variance),
    };
    const g = new GraphBuilder({ name: 'conv' });
    const x = g.input('x', 'float32', [1, 2, 6, 7]);
    const [cw, cb] = [tensorOf('conv.weight', [4, 2, 3, 3], w), tensorOf('conv.bias', [4], b)];
    g.output('plain', layer.conv2d(g, x, cw, cb, { padding: 1 }));
    g.output('folded', layer.conv2dBatchNorm(g, x, cw, cb, norm, { padding: 1 }));
    const out = await runInNode(g, { x: noise(2 * 6 * 7, 8) });
    const expected = out.plain.values.map((value, i) => {
      const c = Math.floor(i / 42);
      return ((value - mean[c]) / Math.sqrt(variance[c] + 1e-5)) * weight[c] + bias[c];
    });
    expect(relativeError(out.folded.values, expected)).toBeLessThan(1e-6);
  });
});
