import { type GaussianTable, type ShDegree, shRestCount, sigmoid } from './table.ts';

/** Gaussians as a renderer computes with them: logarithms and logits undone, in float64. Made once a scene. */
export interface ActiveGaussians {
  readonly count: number;
  /** [n, 3] centres in the world. */
  readonly positions: ArrayLike<number>;
  /** [n, 3] standard deviations. */
  readonly scales: ArrayLike<number>;
  /** [n, 4] w, x, y, z; any length but 0. */
  readonly quaternions: ArrayLike<number>;
  /** [n] 0…1 */
  readonly opacities: ArrayLike<number>;
  readonly shDegree: ShDegree;
  /** [n, 3] and [n, k, 3] as in the table. */
  readonly sh0: ArrayLike<number>;
  readonly shRest: ArrayLike<number>;
  /** Opacity is compensated for the dilation. */
  readonly antialiased: boolean;
}

export function activate(table: GaussianTable): ActiveGaussians {
  const scales = new Float64Array(3 * table.count);
  for (let i = 0; i < scales.length; i++) scales[i] = Math.exp(table.logScales[i]);
  const opacities = new Float64Array(table.count);
  for (let i = 0; i < opacities.length; i++) opacities[i] = sigmoid(table.opacityLogits[i]);
  const { count, positions, quaternions, shDegree, sh0, shRest, tags } = table;
  return {
    count,
    positions,
    scales,
    quaternions,
    opacities,
    shDegree,
    sh0,
    shRest,
    antialiased: tags.antialiased,
  };
}

const C0 = 0.28209479177387814;
const C1 = 0.4886025119029199;
const C2 = [1.0925484305920792, -1.0925484305920792, 0.31539156525252005, -1.0925484305920792, 0.5462742152960396];
const C3 = [
  -0.5900435899266435, 2.890611442640554, -0.4570457994644658, 0.3731763325901154, -0.4570457994644658,
  1.445305721320277, -0.5900435899266435,
];

/**
 * The real spherical harmonics above the constant one at a unit direction, in the order and with the signs of 3-D
 * Gaussian splatting; written into `out` [(degree + 1)² − 1].
 */
export function harmonics(x: number, y: number, z: number, degree: ShDegree, out: Float64Array): void {
  if (degree < 1) return;
  out[0] = -C1 * y;
  out[1] = C1 * z;
  out[2] = -C1 * x;
  if (degree < 2) return;
  const [xx, yy, zz] = [x * x, y * y, z * z];
  out[3] = C2[0] * x * y;
  out[4] = C2[1] * y * z;
  out[5] = C2[2] * (2 * zz - xx - yy);
  out[6] = C2[3] * x * z;
  out[7] = C2[4] * (xx - yy);
  if (degree < 3) return;
  out[8] = C3[0] * y * (3 * xx - yy);
  out[9] = C3[1] * x * y * z;
  out[10] = C3[2] * y * (4 * zz - xx - yy);
  out[11] = C3[3] * z * (2 * zz - 3 * xx - 3 * yy);
  out[12] = C3[4] * x * (4 * zz - xx - yy);
  out[13] = C3[5] * z * (xx - yy);
  out[14] = C3[6] * x * (xx - 3 * yy);
}

/** Colour of Gaussian `i` for the harmonics of one direction: max(0, ½ + Σ), at most `degree` of them. */
export function colourOf(
  gaussians: ActiveGaussians,
  i: number,
  basis: Float64Array,
  degree: ShDegree,
  channel: number,
): number {
  let colour = 0.5 + C0 * gaussians.sh0[3 * i + channel];
  const stored = shRestCount(gaussians.shDegree);
  const used = Math.min(stored, shRestCount(degree));
  for (let k = 0; k < used; k++) colour += basis[k] * gaussians.shRest[3 * (i * stored + k) + channel];
  return Math.max(0, colour);
}
