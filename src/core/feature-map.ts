import type { Size } from './geometry.ts';

/** Dense features of one photo: a vector for every place of a grid that covers the whole photo. */
export interface FeatureMap {
  grid: Size;
  channels: number;
  /** [points, channels], places row by row from the top left. */
  values: Float32Array<ArrayBuffer>;
}

/** Vectors that are compared by cosine: features, or the centres of clusters. */
export interface VectorSet {
  channels: number;
  /** [count, channels] */
  values: Float32Array<ArrayBuffer>;
  /** [count] 1 / length; 0 for a null vector, whose cosine with anything then is 0. */
  inverseNorms: Float32Array<ArrayBuffer>;
}

/** For every vector of one set its nearest by cosine in another. */
export interface Nearest {
  /** [count] index of the best; the first of equals. */
  index: Uint32Array<ArrayBuffer>;
  /** [count] its cosine. */
  best: Float32Array<ArrayBuffer>;
  /** [count] cosine of the second best; −1 where there is only one. */
  second: Float32Array<ArrayBuffer>;
}
