import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { Size } from '../core/geometry.ts';

/**
 * The orthogonal 3 × 3 matrix, row-major, that takes one encoder's component scores nearest to another's (orthogonal
 * Procrustes, Schönemann 1966; reflections allowed, since the sign of a component means nothing). Scores are compared
 * at unit spread: encoders differ in scale.
 *
 * @param scores, target [points, 3] at the same places, each about mean 0
 */
export function procrustes(scores: Float32Array, target: Float32Array): number[] {
  if (scores.length !== target.length) throw new RangeError('scores must lie at the same places');
  const product = Matrix.zeros(3, 3);
  const [scaleOfScores, scaleOfTarget] = [spreads(scores), spreads(target)];
  for (let at = 0; at < scores.length; at += 3) {
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const term = (scores[at + i] / scaleOfScores[i]) * (target[at + j] / scaleOfTarget[j]);
        product.set(i, j, product.get(i, j) + term);
      }
    }
  }
  return turnOf(product);
}

/**
 * {@link procrustes} of sums over the places rather than of the scores themselves.
 *
 * @param products 3 × 3, row-major: Σ scores[i] · target[j]
 * @param scaleOfScores, scaleOfTarget root mean square of each component
 */
export function procrustesOfSums(
  products: readonly number[],
  scaleOfScores: readonly number[],
  scaleOfTarget: readonly number[],
): number[] {
  const product = Matrix.zeros(3, 3);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) product.set(i, j, products[3 * i + j] / (scaleOfScores[i] * scaleOfTarget[j]));
  }
  return turnOf(product);
}

/** The orthogonal matrix nearest to a product of scores with their target. */
function turnOf(product: Matrix): number[] {
  const { leftSingularVectors, rightSingularVectors } = new SingularValueDecomposition(product);
  return leftSingularVectors.mmul(rightSingularVectors.transpose()).to1DArray();
}

/** Scores at unit spread, turned: rows times the matrix of {@link procrustes}. */
export function turnScores(
  scores: Float32Array,
  turn: readonly number[],
  spread = spreads(scores),
): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(scores.length);
  for (let at = 0; at < scores.length; at += 3) {
    for (let j = 0; j < 3; j++) {
      for (let i = 0; i < 3; i++) turned[at + j] += (scores[at + i] / spread[i]) * turn[3 * i + j];
    }
  }
  return turned;
}

/** Root mean square of each component; 1 where a component is zero everywhere. */
export function spreads(scores: Float32Array): [number, number, number] {
  const squares = [0, 0, 0];
  for (let at = 0; at < scores.length; at++) squares[at % 3] += scores[at] ** 2;
  return squares.map((sum) => Math.sqrt(sum / (scores.length / 3)) || 1) as [number, number, number];
}

/** Scores of one grid read bilinearly at the centres of another over the same photo. */
export function resampleScores(scores: Float32Array, from: Size, to: Size): Float32Array<ArrayBuffer> {
  const result = new Float32Array(to.width * to.height * 3);
  const axis = (i: number, target: number, source: number) => {
    const position = Math.min(source - 1, Math.max(0, ((i + 0.5) * source) / target - 0.5));
    const low = Math.min(Math.floor(position), Math.max(0, source - 2));
    return { low, high: Math.min(low + 1, source - 1), share: position - low };
  };
  for (let y = 0, out = 0; y < to.height; y++) {
    const down = axis(y, to.height, from.height);
    for (let x = 0; x < to.width; x++, out += 3) {
      const across = axis(x, to.width, from.width);
      const read = (row: number, column: number, k: number) => scores[3 * (row * from.width + column) + k];
      for (let k = 0; k < 3; k++) {
        const top = read(down.low, across.low, k) * (1 - across.share) + read(down.low, across.high, k) * across.share;
        const bottom =
          read(down.high, across.low, k) * (1 - across.share) + read(down.high, across.high, k) * across.share;
        result[out + k] = top * (1 - down.share) + bottom * down.share;
      }
    }
  }
  return result;
}
