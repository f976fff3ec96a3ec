import type { FeatureMap } from '../../../../core/feature-map.ts';
import { projectFeatures, type Projection } from '../feature-projection/cpu.ts';

/** How three component scores of a place become its colour. */
export interface ComponentView {
  /** Row-major 3 × 3: from scores about the photo's own mean to how far red, green and blue lie from one half. */
  matrix: readonly number[];
  /** Keeps places that lie above (`high`) or not above (`low`) the threshold along the first component. */
  mask: 'none' | 'high' | 'low';
  threshold: number;
}

/** [places, 4] the map's pixels; places that are masked out are clear. `projection` has three components. */
export function drawComponents(
  map: FeatureMap,
  projection: Projection,
  { matrix, mask, threshold }: ComponentView,
): Uint8ClampedArray<ArrayBuffer> {
  const scores = projectFeatures(map, projection);
  const places = scores.length / 3;
  const rgba = new Uint8ClampedArray(4 * places);
  for (let i = 0; i < places; i++) {
    const [s0, s1, s2] = scores.subarray(3 * i, 3 * i + 3);
    if (mask !== 'none' && s0 > threshold !== (mask === 'high')) continue;
    for (let k = 0; k < 3; k++) {
      const distance = matrix[3 * k] * s0 + matrix[3 * k + 1] * s1 + matrix[3 * k + 2] * s2;
      rgba[4 * i + k] = 255 * (distance + 0.5);
    }
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}
