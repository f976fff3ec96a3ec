import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { seededRandom } from '../geometry/random.ts';

export interface PrincipalComponents {
  /** [components, channels], orthonormal rows, by falling variance. */
  basis: Float32Array<ArrayBuffer>;
  components: number;
  /** Variance along each component, and of all channels together. */
  variances: number[];
  totalVariance: number;
}

/** Directions that are iterated beyond those wanted: the more, the faster the wanted ones settle. */
const GUARD_DIRECTIONS = 8;
const MAX_ITERATIONS = 300;
/** Residual of the wanted eigenvectors, as a share of the largest eigenvalue, at which they count as settled. */
const TOLERANCE = 1e-6;

/**
 * The leading eigenvectors of a covariance by subspace iteration with Rayleigh–Ritz steps (Golub and Van Loan, 8.2).
 * The same matrix always gives the same answer: the start is seeded, and each component's sign is chosen so that its
 * largest coefficient is positive.
 *
 * @param covariance [channels, channels], symmetric and positive semidefinite
 * @param components at most `channels`
 */
export function principalComponents(
  covariance: Float32Array,
  channels: number,
  components: number,
): PrincipalComponents {
  if (components > channels) throw new RangeError(`${channels} channels have no ${components} components`);
  const block = Math.min(channels, components + GUARD_DIRECTIONS);
  const random = seededRandom(1);
  let directions = Float64Array.from({ length: block * channels }, () => random() - 0.5);
  orthonormalise(directions, block, channels);
  let values: number[] = [];
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const image = multiply(covariance, channels, directions, block);
    const ritz = rotate(directions, image, block, channels);
    values = ritz.values;
    if (largestResidual(ritz, components, channels) <= TOLERANCE * Math.max(values[0], Number.MIN_VALUE)) {
      directions = ritz.vectors;
      break;
    }
    // One more product of the rotated directions; their images are known already.
    directions = ritz.images;
    orthonormalise(directions, block, channels);
  }
  let totalVariance = 0;
  for (let c = 0; c < channels; c++) totalVariance += covariance[c * channels + c];
  const basis = Float32Array.from(directions.subarray(0, components * channels));
  for (let k = 0; k < components; k++) fixSign(basis.subarray(k * channels, (k + 1) * channels));
  return { basis, components, variances: values.slice(0, components).map((v) => Math.max(0, v)), totalVariance };
}

interface Ritz {
  values: number[];
  vectors: Float64Array<ArrayBuffer>;
  /** The matrix times the vectors. */
  images: Float64Array<ArrayBuffer>;
}

/** Turns orthonormal rows, within what they span, to the best eigenvectors there. */
function rotate(directions: Float64Array, image: Float64Array, block: number, channels: number): Ritz {
  const small = Matrix.zeros(block, block);
  for (let i = 0; i < block; i++) {
    for (let j = i; j < block; j++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += directions[i * channels + c] * image[j * channels + c];
      small.set(i, j, sum).set(j, i, sum);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(small, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((i, j) => realEigenvalues[j] - realEigenvalues[i]);
  const turn = (rows: Float64Array) => {
    const turned = new Float64Array(block * channels);
    order.forEach((from, k) => {
      for (let i = 0; i < block; i++) {
        const weight = eigenvectorMatrix.get(i, from);
        for (let c = 0; c < channels; c++) turned[k * channels + c] += weight * rows[i * channels + c];
      }
    });
    return turned;
  };
  return { values: order.map((i) => realEigenvalues[i]), vectors: turn(directions), images: turn(image) };
}

function largestResidual({ values, vectors, images }: Ritz, components: number, channels: number): number {
  let largest = 0;
  for (let k = 0; k < components; k++) {
    let sum = 0;
    for (let at = k * channels; at < (k + 1) * channels; at++) sum += (images[at] - values[k] * vectors[at]) ** 2;
    largest = Math.max(largest, Math.sqrt(sum));
  }
  return largest;
}

/** The matrix times every row of `directions`. */
function multiply(matrix: Float32Array, n: number, directions: Float64Array, block: number): Float64Array<ArrayBuffer> {
  const image = new Float64Array(block * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < block; k++) {
      let [even, odd] = [0, 0];
      let c = 0;
      for (; c + 1 < n; c += 2) {
        even += matrix[i * n + c] * directions[k * n + c];
        odd += matrix[i * n + c + 1] * directions[k * n + c + 1];
      }
      if (c < n) even += matrix[i * n + c] * directions[k * n + c];
      image[k * n + i] = even + odd;
    }
  }
  return image;
}

/** Gram–Schmidt on the rows, twice, in place. A row that the others span becomes one that they do not. */
function orthonormalise(rows: Float64Array, count: number, n: number): void {
  const random = seededRandom(2);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * n, (i + 1) * n);
    const before = Math.hypot(...row);
    subtractEarlier(rows, i, n);
    subtractEarlier(rows, i, n);
    let length = Math.hypot(...row);
    if (!(length > 1e-10 * before)) {
      for (let c = 0; c < n; c++) row[c] = random() - 0.5;
      subtractEarlier(rows, i, n);
      subtractEarlier(rows, i, n);
      length = Math.hypot(...row);
    }
    for (let c = 0; c < n; c++) row[c] /= length;
  }
}

function subtractEarlier(rows: Float64Array, i: number, n: number): void {
  for (let j = 0; j < i; j++) {
    let overlap = 0;
    for (let c = 0; c < n; c++) overlap += rows[i * n + c] * rows[j * n + c];
    for (let c = 0; c < n; c++) rows[i * n + c] -= overlap * rows[j * n + c];
  }
}

function fixSign(component: Float32Array): void {
  const largest = component.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  if (largest < 0) for (let c = 0; c < component.length; c++) component[c] = -component[c];
}
