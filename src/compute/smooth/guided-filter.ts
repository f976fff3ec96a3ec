import { resizeMap } from '../resize-map/cpu.ts';
import type { Size } from '../../core/geometry.ts';
import { boxMean } from './cpu.ts';

export interface GuidedOptions {
  /** Half side of the window, pixels of the map that is filtered. */
  radius: number;
  /** Variance of the guide (values 0…1) below which it counts as flat and the map is averaged. */
  epsilon: number;
}

/** The local linear model of a guided filter: map ≈ slope · guide + offset, both already averaged over windows. */
export interface GuidedModel {
  slope: Float32Array;
  offset: Float32Array;
}

/** Fits the model of {@link guidedFilter}. */
export function guidedModel(guide: Float32Array, map: Float32Array, size: Size, options: GuidedOptions): GuidedModel {
  const { radius, epsilon } = options;
  const products = guide.map((g, i) => g * map[i]);
  const squares = guide.map((g) => g * g);
  const meanGuide = boxMean(guide, size, radius);
  const meanMap = boxMean(map, size, radius);
  const slope = boxMean(products, size, radius);
  const variance = boxMean(squares, size, radius);
  const offset = meanMap;
  for (let i = 0; i < slope.length; i++) {
    const covariance = slope[i] - meanGuide[i] * meanMap[i];
    slope[i] = covariance / (Math.max(0, variance[i] - meanGuide[i] ** 2) + epsilon);
    offset[i] = meanMap[i] - slope[i] * meanGuide[i];
  }
  return { slope: boxMean(slope, size, radius), offset: boxMean(offset, size, radius) };
}

/**
 * Smooths a map [h, w] but lets it jump where the guide (luminance 0…1 of the same size) does: the guided filter of
 * He, Sun and Tang (2010) with a grey guide.
 * @returns a new map
 */
export function guidedFilter(guide: Float32Array, map: Float32Array, size: Size, options: GuidedOptions): Float32Array {
  const { slope, offset } = guidedModel(guide, map, size, options);
  return slope.map((a, i) => a * guide[i] + offset[i]);
}

/**
 * Brings a small map to the size of a large guide with edges where the guide has them: the model is fitted at the
 * small size and read bilinearly (fast guided filter, He and Sun 2015).
 */
export function guidedUpsample(
  small: { guide: Float32Array; map: Float32Array; size: Size },
  guide: Float32Array,
  size: Size,
  options: GuidedOptions,
): Float32Array {
  const model = guidedModel(small.guide, small.map, small.size, options);
  const slope = resizeMap(model.slope, small.size, size);
  const offset = resizeMap(model.offset, small.size, size);
  for (let i = 0; i < slope.length; i++) slope[i] = slope[i] * guide[i] + offset[i];
  return slope;
}
