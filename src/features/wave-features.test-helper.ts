import type { FeatureMap } from '../core/feature-map.ts';

/** 30 places of 6 channels by a formula, so that NumPy can be given the same numbers (features of rank 4). */
export function waveFeatures(): FeatureMap {
  const values = new Float32Array(30 * 6);
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < 6; j++) {
      values[i * 6 + j] = Math.sin(1.3 * i + 0.7 * j * j) + 0.1 * j * Math.cos(0.9 * i) + (j === 2 ? 0.02 * i : 0);
    }
  }
  return { grid: { width: 6, height: 5 }, channels: 6, values };
}

/** Some places of a map as a map of one row. */
export function rowsOf(map: FeatureMap, from: number, to: number): FeatureMap {
  const values = map.values.slice(from * map.channels, to * map.channels);
  return { grid: { width: to - from, height: 1 }, channels: map.channels, values };
}
