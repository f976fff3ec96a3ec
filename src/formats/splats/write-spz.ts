import type { GaussianTable } from '../../gaussians/table.ts';
import { shRestCount, sigmoid } from '../../gaussians/table.ts';
import { CodedError } from '../../core/errors.ts';
import {
  HALF_TURN_POSITION,
  HALF_TURN_QUATERNION,
  HALF_TURN_SIGNS,
  SPZ_ANTIALIASED,
  SPZ_COLOR_SCALE,
  SPZ_HEADER_BYTES,
  SPZ_MAGIC,
  SPZ_SCALE_OFFSET,
  SPZ_SCALE_STEPS,
} from './spz-layout.ts';

const VERSION = 3;
/** The reference writer's: steps of a quarter of a thousandth of a unit. */
const DEFAULT_FRACTIONAL_BITS = 12;
/** Coordinates have 24 bits with their sign. */
const COORDINATE_LIMIT = 2 ** 23 - 1;
/** Bits kept of a harmonic's byte, of degree 1 and above: fewer make the gzip smaller. The reference writer's. */
const SH1_BITS = 5;
const SH_REST_BITS = 4;

export interface SpzWriteOptions {
  /** Binary places of a coordinate; fewer are taken where the scene is too wide for so many. Default 12. */
  readonly fractionalBits?: number;
}

/**
 * The table as `.spz` version 3, which every reader of the format knows: about a tenth of the .ply's size. Lossy:
 * positions to 2^−fractionalBits, rotations to 0.1°, log scales to 1/16, colours and opacities to a byte. Throws
 * `splat-too-wide` where a coordinate is beyond what the format holds.
 */
export async function encodeSpz(table: GaussianTable, options: SpzWriteOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const bits = fittingBits(table.positions, options.fractionalBits ?? DEFAULT_FRACTIONAL_BITS);
  const { count, shDegree } = table;
  const rest = 3 * shRestCount(shDegree);
  const bytes = new Uint8Array(SPZ_HEADER_BYTES + count * (9 + 1 + 3 + 3 + 4 + rest));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SPZ_MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, count, true);
  bytes.set([shDegree, bits, table.tags.antialiased ? SPZ_ANTIALIASED : 0], 12);
  let at = SPZ_HEADER_BYTES;
  table.positions.forEach((value, i) => {
    const fixed = Math.round(HALF_TURN_POSITION[i % 3] * value * 2 ** bits);
    bytes.set([fixed & 255, (fixed >> 8) & 255, (fixed >> 16) & 255], at);
    at += 3;
  });
  for (const logit of table.opacityLogits) bytes[at++] = toByte(sigmoid(logit) * 255);
  for (const value of table.sh0) bytes[at++] = toByte((value * SPZ_COLOR_SCALE + 0.5) * 255);
  for (const value of table.logScales) bytes[at++] = toByte((value + SPZ_SCALE_OFFSET) * SPZ_SCALE_STEPS);
  for (let i = 0; i < count; i++, at += 4) view.setUint32(at, smallestThree(table.quaternions, 4 * i), true);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < rest; k++) {
      const value = HALF_TURN_SIGNS[Math.floor(k / 3)] * table.shRest[rest * i + k];
      bytes[at++] = quantized(value, 1 << (8 - (k < 9 ? SH1_BITS : SH_REST_BITS)));
    }
  }
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function fittingBits(positions: Float32Array, wanted: number): number {
  let extent = 0;
  for (const value of positions) extent = Math.max(extent, Math.abs(value));
  const fitting = Math.floor(Math.log2(COORDINATE_LIMIT / (extent || 1)));
  if (fitting >= 0) return Math.min(wanted, fitting);
  throw new CodedError(
    'splat-too-wide',
    `A Gaussian lies ${Math.round(extent).toLocaleString('en-US')} units from the origin; a .spz holds 8,388,607.`,
    'Scale the scene down, or save it as .ply.',
  );
}

const toByte = (value: number): number => Math.min(Math.max(Math.round(value), 0), 255);

/** Two bits for the largest of x, y, z, w, which is made positive; sign and nine bits of 1/√2 for each other. */
function smallestThree(quaternions: Float32Array, at: number): number {
  const xyzw = [1, 2, 3, 0].map((place) => HALF_TURN_QUATERNION[place] * quaternions[at + place]);
  let largest = 0;
  for (let k = 1; k < 4; k++) if (Math.abs(xyzw[k]) > Math.abs(xyzw[largest])) largest = k;
  const negated = xyzw[largest] < 0;
  let word = largest;
  for (let k = 0; k < 4; k++) {
    if (k === largest) continue;
    const magnitude = Math.min(Math.round((Math.abs(xyzw[k]) / Math.SQRT1_2) * 511), 511);
    // Not by shifts alone: the last one would make a negative number of 32 bits.
    word = word * 1024 + (xyzw[k] < 0 !== negated ? 512 : 0) + magnitude;
  }
  return word;
}

/** A harmonic of −1…1 as a byte, rounded to a multiple of `step` so that zero is exact. */
function quantized(value: number, step: number): number {
  return Math.min(Math.max(Math.round((value * 128 + 128) / step) * step, 0), 255);
}
