/**
 * A scene of 3-D Gaussians as one structure of arrays: what every reader gives, every renderer takes.
 *
 * World axes are the file's own in the COLMAP sense (right-handed; a camera of the scene looks down +z, x right,
 * y down). Formats that store other axes (SPZ: right, up, back) are turned into these by their readers, so that
 * one scene in two formats is one table.
 *
 * Values are as 3-D Gaussian splatting trains them (Kerbl et al. 2023): the logarithm of the standard deviations,
 * the logit of the opacity, colours as spherical harmonics to which ½ is added. Only the quaternions differ: they
 * are of unit length here, whatever the file holds.
 */
export interface GaussianTable {
  readonly count: number;
  /** [n, 3] x, y, z of the centres in the world. */
  readonly positions: Float32Array<ArrayBuffer>;
  /** [n, 3] natural logarithm of the standard deviations along the Gaussian's own axes. Finite, also for flat ones. */
  readonly logScales: Float32Array<ArrayBuffer>;
  /** [n, 4] w, x, y, z of the rotation from the Gaussian's own axes to the world; length 1. */
  readonly quaternions: Float32Array<ArrayBuffer>;
  /** [n] logit of the opacity: opacity = {@link sigmoid}(value). Finite: see {@link MAX_OPACITY_LOGIT}. */
  readonly opacityLogits: Float32Array<ArrayBuffer>;
  readonly shDegree: ShDegree;
  /** [n, 3] red, green, blue of the constant harmonic: colour = ½ + {@link SH_C0} · value. */
  readonly sh0: Float32Array<ArrayBuffer>;
  /**
   * [n, k, 3] the harmonics above the constant one, coefficient by coefficient, each red, green, blue:
   * k = 3, 8 or 15 for degree 1, 2, 3 ({@link shRestCount}), empty for degree 0. In the order and with the signs of
   * 3-D Gaussian splatting: −y, z, −x; xy, yz, 2z²−x²−y², xz, x²−y²; … (a .ply keeps them channel by channel).
   */
  readonly shRest: Float32Array<ArrayBuffer>;
  readonly tags: GaussianTags;
}

/** Degree of the spherical harmonics that carry the colour. */
export type ShDegree = 0 | 1 | 2 | 3;

/** What a file says about how its Gaussians were made; a renderer must follow it to show what was trained. */
export interface GaussianTags {
  /**
   * `3dgs`: ellipsoids. `2dgs` and `pgsr`: flat discs (Huang et al. 2024; Chen et al. 2024), of which the plane gives
   * the depth. Only a file that says so is tagged; otherwise flatness is measured (statistics.ts).
   */
  readonly model: '3dgs' | '2dgs' | 'pgsr';
  /** Trained with opacity compensated for the dilation of small Gaussians ("mip"); false: the classic way. */
  readonly antialiased: boolean;
  /** The format that the scene was read from, an id of formats/splats, or what made it. */
  readonly source: string;
}

/** Gaussians that any engine takes: 3 million with all harmonics fill some 700 MB of either memory. */
export const MAX_GAUSSIANS = 3_000_000;

export const PLAIN_TAGS: GaussianTags = { model: '3dgs', antialiased: false, source: 'made' };

/** The constant spherical harmonic, 1 / (2√π). */
export const SH_C0 = 0.28209479177387814;

/**
 * Opacities are kept this far from 0 and 1, so that their logits stay finite (formats with a byte of opacity hold
 * exact zeros and ones): sigmoid(16) is 1 to float32's precision, and no renderer lets α above 0.99 in any case.
 */
export const MAX_OPACITY_LOGIT = 16;

/** The third axis of a disc, as a share of its smaller radius: thin enough that plane and ray depth agree. */
export const FLAT_RATIO = 1e-4;

/** Coefficients above the constant one for each channel: (degree + 1)² − 1. */
export function shRestCount(degree: ShDegree): 0 | 3 | 8 | 15 {
  return ((degree + 1) ** 2 - 1) as 0 | 3 | 8 | 15;
}

/** A table of `count` Gaussians, all zero but for unit quaternions: for a reader or a maker to fill. */
export function createTable(count: number, shDegree: ShDegree, tags: GaussianTags = PLAIN_TAGS): GaussianTable {
  const quaternions = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) quaternions[4 * i] = 1;
  return {
    count,
    positions: new Float32Array(3 * count),
    logScales: new Float32Array(3 * count),
    quaternions,
    opacityLogits: new Float32Array(count),
    shDegree,
    sh0: new Float32Array(3 * count),
    shRest: new Float32Array(3 * shRestCount(shDegree) * count),
    tags,
  };
}

/** Bytes of a table in memory: 56 a Gaussian, and 36, 96 or 180 more for harmonics of degree 1, 2, 3. */
export function tableBytes(count: number, shDegree: ShDegree): number {
  return count * (56 + 12 * shRestCount(shDegree));
}

/** The buffers of a table, to hand it to a worker without a copy. */
export function tableBuffers(table: GaussianTable): ArrayBuffer[] {
  const { positions, logScales, quaternions, opacityLogits, sh0, shRest } = table;
  return [positions, logScales, quaternions, opacityLogits, sh0, shRest].map((values) => values.buffer);
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** The inverse of {@link sigmoid}, held within ±{@link MAX_OPACITY_LOGIT}. */
export function logit(opacity: number): number {
  const value = Math.log(opacity / (1 - opacity));
  // Opacities outside (0, 1) give NaN or ±∞.
  if (!(opacity > 0)) return -MAX_OPACITY_LOGIT;
  if (!(opacity < 1)) return MAX_OPACITY_LOGIT;
  return Math.min(Math.max(value, -MAX_OPACITY_LOGIT), MAX_OPACITY_LOGIT);
}

/** A colour channel in 0…1 as the coefficient of the constant harmonic, and back ({@link colorOfSh0}). */
export const sh0OfColor = (color: number): number => (color - 0.5) / SH_C0;

/** The colour that the constant harmonic alone gives; may leave 0…1. */
export const colorOfSh0 = (value: number): number => 0.5 + SH_C0 * value;

/**
 * The rotation of Gaussian `i` as a row-major matrix, written into `out` [9]: its columns are the Gaussian's own axes
 * in the world.
 */
export function rotationMatrix(table: GaussianTable, i: number, out: Float64Array | number[]): void {
  const [w, x, y, z] = [0, 1, 2, 3].map((k) => table.quaternions[4 * i + k]);
  out[0] = 1 - 2 * (y * y + z * z);
  out[1] = 2 * (x * y - w * z);
  out[2] = 2 * (x * z + w * y);
  out[3] = 2 * (x * y + w * z);
  out[4] = 1 - 2 * (x * x + z * z);
  out[5] = 2 * (y * z - w * x);
  out[6] = 2 * (x * z - w * y);
  out[7] = 2 * (y * z + w * x);
  out[8] = 1 - 2 * (x * x + y * y);
}

/** The covariance R S² Rᵀ of Gaussian `i` in the world, its upper triangle xx xy xz yy yz zz written into `out` [6]. */
export function covariance(table: GaussianTable, i: number, out: Float64Array | number[]): void {
  const r = new Float64Array(9);
  rotationMatrix(table, i, r);
  const [a, b, c] = [0, 1, 2].map((k) => Math.exp(2 * table.logScales[3 * i + k]));
  const at = (row: number, column: number) =>
    a * r[3 * row] * r[3 * column] + b * r[3 * row + 1] * r[3 * column + 1] + c * r[3 * row + 2] * r[3 * column + 2];
  out[0] = at(0, 0);
  out[1] = at(0, 1);
  out[2] = at(0, 2);
  out[3] = at(1, 1);
  out[4] = at(1, 2);
  out[5] = at(2, 2);
}

/** The Gaussians with the given indices, in that order, as a table of their own. */
export function selectGaussians(table: GaussianTable, indices: ArrayLike<number>): GaussianTable {
  const out = createTable(indices.length, table.shDegree, table.tags);
  const columns = [
    [table.positions, out.positions, 3],
    [table.logScales, out.logScales, 3],
    [table.quaternions, out.quaternions, 4],
    [table.opacityLogits, out.opacityLogits, 1],
    [table.sh0, out.sh0, 3],
    [table.shRest, out.shRest, 3 * shRestCount(table.shDegree)],
  ] as const;
  for (const [from, to, width] of columns) {
    for (let k = 0; k < indices.length; k++) {
      const begin = indices[k] * width;
      for (let j = 0; j < width; j++) to[k * width + j] = from[begin + j];
    }
  }
  return out;
}
