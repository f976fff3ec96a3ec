import type { Matrix3 } from './matrix3.ts';

export const INLIER_MODELS = ['homography', 'epipolar'] as const;

/**
 * How drawn matches are judged by a fitted model. Places are taken as centred coordinates: normalised ones times `half`,
 * so that single precision suffices on the GPU.
 */
export interface InlierTest {
  /** `homography`: distance in B from where the matrix takes A's place. `epipolar`: Sampson distance of both. */
  kind: (typeof INLIER_MODELS)[number];
  matrix: Matrix3;
  half: { a: readonly [number, number]; b: readonly [number, number] };
  /** Largest residual of an inlier, in the unit of the centred coordinates. */
  threshold: number;
}

/** Whether a match is an inlier; places normalised. */
export function isInlier(test: InlierTest, xa: number, ya: number, xb: number, yb: number): boolean {
  const { kind, matrix: m, half, threshold } = test;
  const [x, y, u, v] = [xa * half.a[0], ya * half.a[1], xb * half.b[0], yb * half.b[1]];
  const [p, q, w] = [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5], m[6] * x + m[7] * y + m[8]];
  if (kind === 'homography') return w > 1e-9 && (p / w - u) ** 2 + (q / w - v) ** 2 < threshold ** 2;
  const lineX = m[0] * u + m[3] * v + m[6];
  const lineY = m[1] * u + m[4] * v + m[7];
  return (u * p + v * q + w) ** 2 < threshold ** 2 * (p * p + q * q + lineX * lineX + lineY * lineY);
}

/** The colours of both kinds, 0…1: apart for every kind of colour vision, and from most photos. */
export const INLIER_COLOR: readonly [number, number, number] = [0.16, 0.62, 1];
export const OUTLIER_COLOR: readonly [number, number, number] = [1, 0.45, 0.1];
