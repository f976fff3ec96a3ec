import { existsSync, readFileSync } from 'node:fs';
import type { GaussianTable, ShDegree } from '../../gaussians/table.ts';
import { colorOfSh0, createTable, shRestCount, sigmoid } from '../../gaussians/table.ts';
import { float32ToFloat16 } from '../arrays/half.ts';
import { bytesSource } from '../byte-source.ts';
import { randomNumbers } from '../fixtures.test-helper.ts';
import type { SplatReadOptions } from './index.ts';
import { readSplats } from './index.ts';

/** Scenes of other projects; they lie beside the repository where they are available. */
const SHARED_SCENES = new URL('../../../../shared/scenes/', import.meta.url);

export const HAS_SCENES = existsSync(SHARED_SCENES);

export const sharedScene = (name: string): Uint8Array => Uint8Array.from(readFileSync(new URL(name, SHARED_SCENES)));

/** A file in memory, read with room for three million Gaussians. */
export const readBytes = (bytes: Uint8Array, name = 'scene', options: Partial<SplatReadOptions> = {}) =>
  readSplats(bytesSource(bytes), name, { maxGaussians: 3_000_000, ...options });

/** Gaussians with values as trainers leave them, the same in every run. */
export function randomTable(count: number, shDegree: ShDegree, seed = 1): GaussianTable {
  const random = randomNumbers(seed);
  const table = createTable(count, shDegree);
  const fill = (values: Float32Array, low: number, high: number) => {
    for (let i = 0; i < values.length; i++) values[i] = low + (high - low) * random();
  };
  fill(table.positions, -4, 4);
  fill(table.logScales, -7, -1);
  fill(table.opacityLogits, -5, 5);
  fill(table.sh0, -1.5, 1.5);
  fill(table.shRest, -0.4, 0.4);
  fill(table.quaternions, -1, 1);
  for (let i = 0; i < 4 * count; i += 4) {
    const length = Math.hypot(...table.quaternions.subarray(i, i + 4));
    for (let k = 0; k < 4; k++) table.quaternions[i + k] = table.quaternions[i + k]! / length;
  }
  return table;
}

/** The greatest difference of each kind between two tables, Gaussian by Gaussian. */
export function greatestDifferences(a: GaussianTable, b: GaussianTable) {
  if (a.count !== b.count || a.shDegree !== b.shDegree)
    throw new Error(`${a.count}/${a.shDegree} ${b.count}/${b.shDegree}`);
  const greatest = (p: Float32Array, q: Float32Array, of: (value: number) => number = (value) => value) => {
    let most = 0;
    for (let i = 0; i < p.length; i++) {
      const difference = Math.abs(of(p[i]!) - of(q[i]!));
      // NaN is a difference, too.
      if (!(difference <= most)) most = difference;
    }
    return most;
  };
  let angle = 0;
  for (let i = 0; i < 4 * a.count; i += 4) {
    let [same, opposite] = [0, 0];
    for (let k = 0; k < 4; k++) {
      same += (a.quaternions[i + k]! - b.quaternions[i + k]!) ** 2;
      opposite += (a.quaternions[i + k]! + b.quaternions[i + k]!) ** 2;
    }
    // q and −q are one rotation; a small difference of unit quaternions is half the angle between them.
    const between = 2 * Math.sqrt(Math.min(same, opposite));
    if (!(between <= angle)) angle = between;
  }
  return {
    position: greatest(a.positions, b.positions),
    logScale: greatest(a.logScales, b.logScales),
    angle,
    opacity: greatest(a.opacityLogits, b.opacityLogits, sigmoid),
    color: greatest(a.sh0, b.sh0, colorOfSh0),
    harmonic: greatest(a.shRest, b.shRest),
  };
}

const KSPLAT_LEVELS = [
  { real: 4, harmonic: 4 },
  { real: 2, harmonic: 2 },
  { real: 2, harmonic: 1 },
] as const;

/**
 * A .ksplat of one section, as GaussianSplats3D lays it out: buckets of 16 in the order of the table, the last one
 * partial. Only for tests: the product doesn't write the format.
 */
export function encodeKsplat(table: GaussianTable, level: 0 | 1 | 2): Uint8Array {
  const { count, shDegree } = table;
  const { real, harmonic } = KSPLAT_LEVELS[level];
  const [capacity, blockSize, range] = [16, 10, 32_767];
  const [full, partial] = [Math.floor(count / capacity), count % capacity > 0 ? 1 : 0];
  const rest = shRestCount(shDegree);
  const rowBytes = 10 * real + 4 + 3 * rest * harmonic;
  const bytes = new Uint8Array(4096 + 1024 + 4 * partial + 12 * (full + partial) + rowBytes * count);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 1]);
  for (const [at, value] of [
    [4, 1],
    [8, 1],
    [12, count],
    [16, count],
  ] as const)
    view.setUint32(at, value, true);
  view.setUint16(20, level, true);
  view.setFloat32(36, -0.5, true);
  view.setFloat32(40, 0.5, true);
  for (const [at, value] of [
    [0, count],
    [4, count],
    [8, capacity],
    [12, full + partial],
    [24, level === 0 ? 1 : range],
    [32, full],
    [36, partial],
  ] as const)
    view.setUint32(4096 + at, value, true);
  view.setFloat32(4096 + 16, blockSize, true);
  view.setUint16(4096 + 20, 12, true);
  view.setUint16(4096 + 40, shDegree, true);
  let at = 4096 + 1024;
  if (partial) view.setUint32(at, count % capacity, true);
  at += 4 * partial;
  const centerOf = (bucket: number, k: number) => 0.25 * ((bucket + k) % 3);
  for (let k = 0; k < 3 * (full + partial); k++, at += 4) view.setFloat32(at, centerOf(Math.floor(k / 3), k % 3), true);
  const put = (value: number) => {
    if (real === 4) view.setFloat32(at, value, true);
    else view.setUint16(at, float32ToFloat16(Float32Array.of(value))[0]!, true);
    at += real;
  };
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      const value = table.positions[3 * i + k]!;
      if (level === 0) put(value);
      else {
        const offset = (value - centerOf(Math.floor(i / capacity), k)) / (blockSize / 2 / range);
        view.setUint16(at, Math.round(offset) + range, true);
        at += 2;
      }
    }
    for (let k = 0; k < 3; k++) put(Math.exp(table.logScales[3 * i + k]!));
    for (let k = 0; k < 4; k++) put(table.quaternions[4 * i + k]!);
    for (let k = 0; k < 3; k++) view.setUint8(at++, Math.round(255 * colorOfSh0(table.sh0[3 * i + k]!)));
    view.setUint8(at++, Math.round(255 * sigmoid(table.opacityLogits[i]!)));
    for (let k = 0; k < 3 * rest; k++) {
      const [start, length] = k < 9 ? [0, 3] : [3, 5];
      const coefficient = start + ((k - 3 * start) % length);
      const value = table.shRest[3 * (rest * i + coefficient) + Math.floor((k - 3 * start) / length)]!;
      if (harmonic === 1) view.setUint8(at++, Math.round(255 * (value + 0.5)));
      else put(value);
    }
  }
  return bytes;
}

/** A .splat of the table; only for tests. */
export function encodeSplat(table: GaussianTable): Uint8Array {
  const bytes = new Uint8Array(32 * table.count);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < table.count; i++) {
    for (let k = 0; k < 3; k++) {
      view.setFloat32(32 * i + 4 * k, table.positions[3 * i + k]!, true);
      view.setFloat32(32 * i + 12 + 4 * k, Math.exp(table.logScales[3 * i + k]!), true);
      bytes[32 * i + 24 + k] = Math.min(Math.max(Math.round(255 * colorOfSh0(table.sh0[3 * i + k]!)), 0), 255);
    }
    bytes[32 * i + 27] = Math.round(255 * sigmoid(table.opacityLogits[i]!));
    for (let k = 0; k < 4; k++)
      bytes[32 * i + 28 + k] = Math.min(Math.round(table.quaternions[4 * i + k]! * 128 + 128), 255);
  }
  return bytes;
}
