import type { FeatureMap } from '../../../../core/feature-map.ts';

/** A few directions about a mean. */
export interface Projection {
  /** [channels] */
  mean: Float32Array<ArrayBuffer>;
  /** [components, channels] */
  basis: Float32Array<ArrayBuffer>;
  components: number;
}

/** [points, components]: how far every place's features lie from the mean along each direction. */
export function projectFeatures(
  { values, channels }: FeatureMap,
  { mean, basis, components }: Projection,
): Float32Array<ArrayBuffer> {
  const points = values.length / channels;
  const scores = new Float32Array(points * components);
  for (let i = 0; i < points; i++) {
    for (let k = 0; k < components; k++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += (values[i * channels + c] - mean[c]) * basis[k * channels + c];
      scores[i * components + k] = sum;
    }
  }
  return scores;
}
