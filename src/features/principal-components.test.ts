import { describe, expect, test } from 'vitest';
import { seededRandom } from '../geometry/random.ts';
import { componentColors } from './component-colors.ts';
import { principalComponents } from './principal-components.ts';
import { waveFeatures } from './wave-features.test-helper.ts';

/** Covariance of rows, in plain double sums. */
function covarianceOf(values: Float32Array, channels: number): Float32Array {
  const count = values.length / channels;
  const mean = Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let at = c; at < values.length; at += channels) sum += values[at];
    return sum / count;
  });
  return Float32Array.from({ length: channels * channels }, (_, k) => {
    const [i, j] = [Math.floor(k / channels), k % channels];
    let sum = 0;
    for (let at = 0; at < values.length; at += channels) sum += (values[at + i] - mean[i]) * (values[at + j] - mean[j]);
    return sum / (count - 1);
  });
}

describe('principal components', () => {
  const { values, channels } = waveFeatures();
  const found = principalComponents(covarianceOf(values, channels), channels, 3);

  // Printed by scripts/reference/features.py, as are the colours below.
  test('are what numpy.linalg.eigh gives, signs by the largest coefficient', () => {
    const expected = [
      [0.47025, 0.2588, -0.49666, 0.50354, 0.31558, 0.33478],
      [-0.22647, -0.51582, 0.068, -0.18853, 0.56173, 0.57178],
      [-0.10378, 0.41924, 0.7617, 0.38688, 0.10761, 0.26837],
    ].flat();
    found.basis.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
    [1.919438, 1.366674, 0.161484].forEach((variance, k) => expect(found.variances[k]).toBeCloseTo(variance, 4));
    expect(found.totalVariance).toBeCloseTo(3.45341, 4);
  });

  test('of a larger matrix reconstruct it where its rank allows', () => {
    const [n, rank] = [97, 3];
    const random = seededRandom(5);
    const factors = Float64Array.from({ length: rank * n }, () => random() - 0.5);
    const matrix = Float32Array.from({ length: n * n }, (_, at) => {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += (r + 1) * factors[r * n + Math.floor(at / n)] * factors[r * n + (at % n)];
      return sum;
    });
    const { basis, variances, totalVariance } = principalComponents(matrix, n, rank);
    expect(variances.reduce((sum, v) => sum + v, 0)).toBeCloseTo(totalVariance, 3);
    for (let at = 0; at < n * n; at += 131) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += variances[r] * basis[r * n + Math.floor(at / n)] * basis[r * n + (at % n)];
      expect(sum).toBeCloseTo(matrix[at], 4);
    }
  });

  test('of features without variance are still orthonormal', () => {
    const { basis, variances } = principalComponents(new Float32Array(16), 4, 3);
    expect(variances).toEqual([0, 0, 0]);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const dot = [0, 1, 2, 3].reduce((sum, c) => sum + basis[4 * i + c] * basis[4 * j + c], 0);
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 5);
      }
    }
  });

  test('cannot be more than the channels', () => {
    expect(() => principalComponents(new Float32Array(4), 2, 3)).toThrow(RangeError);
  });
});

test('colours put each component at its own mean and spread, as NumPy computes it', () => {
  const { values, channels } = waveFeatures();
  const { basis } = principalComponents(covarianceOf(values, channels), channels, 3);
  const scores = new Float32Array(30 * 3);
  for (let i = 0; i < 30; i++) {
    for (let k = 0; k < 3; k++) {
      for (let c = 0; c < channels; c++) scores[3 * i + k] += values[i * channels + c] * basis[k * channels + c];
    }
  }
  const colors = componentColors(scores);
  const expected = [0.45997, 0.0725, 0.99661, 1, 0.1895, 0.59619, 1, 0.84369, 0];
  expected.forEach((value, i) => expect(colors[i]).toBeCloseTo(value, 3));
});
