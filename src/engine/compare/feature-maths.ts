import type { FeatureMoments } from '../../gpu/reference/feature-covariance.ts';
import { featureMoments } from '../../gpu/reference/feature-covariance.ts';
import type { Projection } from '../../gpu/reference/feature-projection.ts';
import { projectFeatures } from '../../gpu/reference/feature-projection.ts';
import { cosines, nearest, nearestBothWays, vectorSet } from '../../gpu/reference/feature-vectors.ts';
import { gradientHistograms } from '../../gpu/reference/gradient-histogram.ts';
import type { FeatureMap, Nearest, VectorSet } from '../../shared/feature-map.ts';
import type { Size } from '../../shared/geometry.ts';

/** Features of a photo with the lengths that comparing them needs. */
export interface Encoded extends VectorSet, FeatureMap {}

export const encoded = (map: FeatureMap): Encoded => ({ ...map, ...vectorSet(map.values, map.channels) });

/** The heavy part of comparing features, on the GPU or on the CPU; both give the same numbers. */
export interface FeatureMaths {
  readonly runsOn: 'webgpu' | 'cpu';
  /** The classical descriptor of an image [3, h, w] in [0, 1]. */
  describe(image: Float32Array, size: Size): Promise<FeatureMap>;
  /** Mean and covariance over all maps together. */
  moments(maps: readonly Encoded[]): Promise<FeatureMoments>;
  /** [points, components] */
  project(map: Encoded, projection: Projection): Promise<Float32Array<ArrayBuffer>>;
  /** [points] cosine with one vector. */
  cosines(map: Encoded, query: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>;
  /** The nearest candidate of every vector. Sets that are not photos' features are used once and not kept. */
  nearest(vectors: Encoded, candidates: VectorSet): Promise<Nearest>;
  /** {@link nearest} of both sets in each other. */
  nearestBothWays(a: Encoded, b: Encoded): Promise<[ab: Nearest, ba: Nearest]>;
  /** Frees what is kept of a photo's features. */
  forget(map: Encoded): void;
}

/** The passes' references: without WebGPU, and where the adapter is an emulated one. */
export class CpuFeatureMaths implements FeatureMaths {
  readonly runsOn = 'cpu';

  async describe(image: Float32Array, size: Size): Promise<FeatureMap> {
    return gradientHistograms(image, size);
  }

  async moments(maps: readonly Encoded[]): Promise<FeatureMoments> {
    return featureMoments(maps);
  }

  async project(map: Encoded, projection: Projection): Promise<Float32Array<ArrayBuffer>> {
    return projectFeatures(map, projection);
  }

  async cosines(map: Encoded, query: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    return cosines(map, query);
  }

  async nearest(vectors: Encoded, candidates: VectorSet): Promise<Nearest> {
    return nearest(vectors, candidates);
  }

  async nearestBothWays(a: Encoded, b: Encoded): Promise<[Nearest, Nearest]> {
    return nearestBothWays(a, b);
  }

  forget(): void {}
}
