import { existsSync, readFileSync } from 'node:fs';
import type { GaussianTable, ShDegree } from '../../gaussians/table.ts';
import { colorOfSh0, createTable, sigmoid } from '../../gaussians/table.ts';
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
