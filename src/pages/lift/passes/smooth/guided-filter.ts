import type { Size } from '../../../../core/geometry.ts';
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

/** A map [h, w] read bilinearly (half-pixel centres, edges clamped) at another size. */
export function resizeMap(map: Float32Array, from: Size, to: Size): Float32Array {
  const resized = new Float32Array(to.width * to.height);
  const columns = Array.from({ length: to.width }, (_, x) => tap(x, from.width, to.width));
  for (let y = 0, out = 0; y < to.height; y++) {
    const [top, bottom, down] = tap(y, from.height, to.height);
    for (let x = 0; x < to.width; x++) {
      const [left, right, across] = columns[x];
      const above = map[top * from.width + left] * (1 - across) + map[top * from.width + right] * across;
      const below = map[bottom * from.width + left] * (1 - across) + map[bottom * from.width + right] * across;
      resized[out++] = above * (1 - down) + below * down;
    }
  }
  return resized;
}

function tap(place: number, from: number, to: number): [low: number, high: number, share: number] {
  const centre = Math.min(Math.max(((place + 0.5) * from) / to - 0.5, 0), from - 1);
  const low = Math.floor(centre);
  return [low, Math.min(low + 1, from - 1), centre - low];
}
