import type { GaussianTable } from '../../gaussians/table.ts';
import { colorOfSh0, shRestCount, sigmoid } from '../../gaussians/table.ts';
import { spreadBits } from '../../gaussians/floaters.ts';
import { ascendingOrder } from '../../gaussians/order.ts';
import { concatenate } from '../concatenate.ts';
import { CHUNK_GAUSSIANS, CHUNK_RANGES, PACKED } from './read-compressed-ply.ts';
import { modeComment } from './write-ply.ts';

/**
 * The table as PlayCanvas' packed .ply: 16 bytes a Gaussian and one for each harmonic (read-compressed-ply.ts tells the
 * layout). The Gaussians are put into Morton order, so that each chunk's ranges are small and its steps fine.
 */
export function encodeCompressedPly(table: GaussianTable): Uint8Array<ArrayBuffer> {
  const { count } = table;
  const order = mortonOrder(table.positions);
  const rest = shRestCount(table.shDegree);
  const chunks = Math.ceil(count / CHUNK_GAUSSIANS);
  const ranges = new Float32Array(chunks * CHUNK_RANGES.length);
  const words = new Uint32Array(4 * count);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const rows = order.subarray(chunk * CHUNK_GAUSSIANS, (chunk + 1) * CHUNK_GAUSSIANS);
    packChunk(table, rows, ranges.subarray(chunk * 18, chunk * 18 + 18), words, 4 * CHUNK_GAUSSIANS * chunk);
  }
  const harmonics = new Uint8Array(3 * rest * count);
  order.forEach((i, row) => {
    for (let k = 0; k < 3 * rest; k++) {
      const value = table.shRest[3 * rest * i + 3 * (k % rest) + Math.floor(k / rest)];
      harmonics[3 * rest * row + k] = Math.min(Math.max(Math.floor((value / 8 + 0.5) * 256), 0), 255);
    }
  });
  const header = [
    'ply',
    'format binary_little_endian 1.0',
    ...modeComment(table),
    `element chunk ${chunks}`,
    ...CHUNK_RANGES.map((name) => `property float ${name}`),
    `element vertex ${count}`,
    ...PACKED.map((name) => `property uint ${name}`),
    ...(rest ? [`element sh ${count}`] : []),
    ...Array.from({ length: 3 * rest }, (_, k) => `property uchar f_rest_${k}`),
    'end_header',
    '',
  ].join('\n');
  const parts = [ranges, words, harmonics].map(({ buffer }) => new Uint8Array(buffer));
  return concatenate([new TextEncoder().encode(header), ...parts]);
}

function packChunk(
  table: GaussianTable,
  rows: Uint32Array,
  ranges: Float32Array,
  words: Uint32Array,
  firstWord: number,
): void {
  const columns = [
    (i: number, k: number) => table.positions[3 * i + k],
    (i: number, k: number) => table.logScales[3 * i + k],
    (i: number, k: number) => colorOfSh0(table.sh0[3 * i + k]),
  ];
  columns.forEach((valueOf, column) => {
    for (let k = 0; k < 3; k++) {
      let [min, max] = [Infinity, -Infinity];
      for (const i of rows) {
        min = Math.min(min, valueOf(i, k));
        max = Math.max(max, valueOf(i, k));
      }
      ranges[6 * column + k] = min;
      ranges[6 * column + 3 + k] = max;
    }
  });
  rows.forEach((i, row) => {
    const unit = (column: number, k: number) => {
      const [min, max] = [ranges[6 * column + k], ranges[6 * column + 3 + k]];
      return max > min ? (columns[column](i, k) - min) / (max - min) : 0;
    };
    const word = firstWord + 4 * row;
    for (const [place, column] of [
      [0, 0],
      [2, 1],
    ]) {
      const [x, y, z] = [steps(unit(column, 0), 11), steps(unit(column, 1), 10), steps(unit(column, 2), 11)];
      words[word + place] = (x << 21) | (y << 11) | z;
    }
    words[word + 1] = packedRotation(table.quaternions, 4 * i);
    const [r, g, b] = [0, 1, 2].map((k) => steps(unit(2, k), 8));
    words[word + 3] = (r << 24) | (g << 16) | (b << 8) | steps(sigmoid(table.opacityLogits[i]), 8);
  });
}

/** A value of 0…1 in whole steps of so many bits. */
const steps = (unit: number, bits: number): number => {
  const most = (1 << bits) - 1;
  return Math.min(Math.max(Math.round(unit * most), 0), most);
};

function packedRotation(quaternions: Float32Array, at: number): number {
  let largest = 0;
  for (let k = 1; k < 4; k++) if (Math.abs(quaternions[at + k]) > Math.abs(quaternions[at + largest])) largest = k;
  const sign = quaternions[at + largest] < 0 ? -1 : 1;
  let word = largest;
  for (let k = 0; k < 4; k++) {
    if (k !== largest) word = (word << 10) | steps((sign * quaternions[at + k]) / Math.SQRT2 + 0.5, 10);
  }
  return word;
}

/** Indices along the Z-order curve through the scene's box, 10 bits an axis: neighbours in space become neighbours. */
function mortonOrder(positions: Float32Array): Uint32Array {
  const count = positions.length / 3;
  const [min, max] = [
    [Infinity, Infinity, Infinity],
    [-Infinity, -Infinity, -Infinity],
  ];
  positions.forEach((value, i) => {
    min[i % 3] = Math.min(min[i % 3], value);
    max[i % 3] = Math.max(max[i % 3], value);
  });
  const keys = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      keys[i] |=
        spreadBits(Math.min(1023, Math.floor((1024 * (positions[3 * i + k] - min[k])) / (max[k] - min[k] || 1)))) << k;
    }
  }
  return ascendingOrder(Float64Array.from(keys));
}
