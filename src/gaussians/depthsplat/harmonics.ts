import type { Matrix3 } from '../../core/matrix3.ts';

/** Coefficients of a colour channel, degree 2. */
export const COEFFICIENTS = 9;

/** What the network's harmonics are multiplied by, degree by degree. */
const MASK = [1, 0.025, 0.00625];

const S2 = Math.SQRT1_2;
const S6 = 1 / Math.sqrt(6);

/** e3nn's harmonics of degree 2 as symmetric matrices: xz, xy, 2y² − x² − z², yz, z² − x². */
const QUADRICS: readonly Matrix3[] = [
  [0, 0, S2, 0, 0, 0, S2, 0, 0],
  [0, S2, 0, S2, 0, 0, 0, 0, 0],
  [-S6, 0, 0, 0, 2 * S6, 0, 0, 0, -S6],
  [0, 0, 0, 0, 0, S2, 0, S2, 0],
  [-S2, 0, 0, 0, 0, 0, 0, 0, S2],
];

/** From what upstream's rasteriser evaluates (its axes are permuted) to the order and signs of 3-D Gaussian splatting. */
const H3 = Math.sqrt(3) / 2;
const TO_STANDARD_1: readonly (readonly number[])[] = [
  [0, -1, 0],
  [0, 0, -1],
  [1, 0, 0],
];
const TO_STANDARD_2: readonly (readonly number[])[] = [
  [0, -1, 0, 0, 0],
  [0, 0, 0, 1, 0],
  [0, 0, -0.5, 0, H3],
  [-1, 0, 0, 0, 0],
  [0, 0, -H3, 0, -0.5],
];

/**
 * Upstream's rotation of degree 2, [5 · 5] row-major: e3nn's Wigner matrix of a rotation R, M_ab = tr(Q_a R Q_b Rᵀ). That of
 * degree 1 is R itself.
 */
export function wignerOfDegree2(r: Matrix3): number[] {
  return QUADRICS.flatMap((a) =>
    QUADRICS.map((b) => {
      let sum = 0;
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++)
          for (let k = 0; k < 3; k++)
            for (let l = 0; l < 3; l++) sum += a[3 * l + i] * r[3 * i + j] * b[3 * j + k] * r[3 * l + k];
      return sum;
    }),
  );
}

/**
 * What DepthSplat's coefficients 1…8 of one colour become in a standard scene, as matrices [3 · 3] and [5 · 5]: masked, turned by
 * the camera's rotation, and in standard order.
 *
 * Upstream turns them with e3nn's matrices but evaluates them in a basis of other signs, so that this is no rotation of the
 * colours. The network was trained with it, and it is reproduced.
 *
 * @param cameraToWorld rotation
 */
export function harmonicsToStandard(cameraToWorld: Matrix3): { degree1: number[]; degree2: number[] } {
  return {
    degree1: product(TO_STANDARD_1, cameraToWorld, MASK[1]),
    degree2: product(TO_STANDARD_2, wignerOfDegree2(cameraToWorld), MASK[2]),
  };
}

function product(left: readonly (readonly number[])[], right: readonly number[], by: number): number[] {
  const size = left.length;
  return left.flatMap((row) =>
    Array.from({ length: size }, (_, j) => by * row.reduce((sum, value, k) => sum + value * right[size * k + j], 0)),
  );
}
