import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { noise, runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { solveKernelSystem } from './kernel-solve.ts';

const TEMPERATURE = 0.2;
const SIGMA = 0.1;

describe('solveKernelSystem', () => {
  it.each([
    ['one block', 24, 24, 1],
    ['even blocks', 96, 32, 1],
    ['a ragged last block', 90, 32, 1],
    ['nearly parallel features, as a ViT gives (condition number above 1000)', 240, 64, 0.05],
  ])('agrees with elimination in float64: %s', async (_, n, blockSize, spread) => {
    const kernel = cosineKernel(n, 16, spread);
    const targets = noise(n * 8, 7);
    const g = new GraphBuilder({ name: 'solve' });
    const solution = solveKernelSystem(
      g,
      g.input('kernel', 'float32', [n, n]),
      g.input('targets', 'float32', [n, 8]),
      SIGMA,
      blockSize,
    );
    g.output('solution', solution);
    const ran = await runInNode(g, { kernel, targets });
    const exact = solveDense(kernel, targets, n, 8);
    expect(relativeError(ran.solution.values, exact)).toBeLessThan(5e-5);
  });

  it('needs no more nodes for a ragged size than for the next even one', () => {
    const count = (n: number): number => {
      const g = new GraphBuilder({ name: 'solve' });
      solveKernelSystem(g, g.input('kernel', 'float32', [n, n]), g.input('targets', 'float32', [n, 4]), SIGMA, 32);
      return g.nodes.length;
    };
    expect(count(90)).toBeLessThanOrEqual(count(96));
  });
});

/** exp((cos − 1) / T) of rows that lie within `spread` of a common direction. */
function cosineKernel(n: number, channels: number, spread: number): Float32Array {
  const rows = noise(n * channels, 3).map((value, i) => spread * value + (i % channels === 0 ? 1 : 0));
  const row = (i: number): Float32Array => rows.subarray(i * channels, (i + 1) * channels);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
  return Float32Array.from({ length: n * n }, (_, cell) => {
    const a = row(Math.floor(cell / n));
    const b = row(cell % n);
    return Math.exp((dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) - 1) / TEMPERATURE);
  });
}

/** Gauss–Jordan elimination of (K + σI) Z = F in float64. */
function solveDense(kernel: Float32Array, targets: Float32Array, n: number, columns: number): Float64Array {
  const width = n + columns;
  const m = new Float64Array(n * width);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) m[i * width + j] = kernel[i * n + j] + (i === j ? SIGMA : 0);
    for (let j = 0; j < columns; j += 1) m[i * width + n + j] = targets[i * columns + j];
  }
  for (let pivot = 0; pivot < n; pivot += 1) {
    for (let i = 0; i < n; i += 1) {
      if (i === pivot) continue;
      const factor = m[i * width + pivot] / m[pivot * width + pivot];
      for (let j = pivot; j < width; j += 1) m[i * width + j] -= factor * m[pivot * width + j];
    }
  }
  return Float64Array.from({ length: n * columns }, (_, cell) => {
    const i = Math.floor(cell / columns);
    return m[i * width + n + (cell % columns)] / m[i * width + i];
  });
}

function relativeError(values: Float32Array, exact: Float64Array): number {
  const difference = exact.reduce((sum, value, i) => sum + (value - values[i]) ** 2, 0);
  return Math.sqrt(difference / exact.reduce((sum, value) => sum + value * value, 0));
}
