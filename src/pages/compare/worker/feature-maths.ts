import type { FeatureMoments } from '../passes/feature-covariance/cpu.ts';
import { featureMoments } from '../passes/feature-covariance/cpu.ts';
import type { Projection } from '../passes/feature-projection/cpu.ts';
import { projectFeatures } from '../passes/feature-projection/cpu.ts';
import type { Steps } from '../passes/feature-vectors/cpu.ts';
import { cosines, nearestBothWaysInSteps, nearestInSteps, vectorSet } from '../passes/feature-vectors/cpu.ts';
import { gradientHistograms } from '../passes/gradient-histogram/cpu.ts';
import { throwIfAborted } from '../../../core/errors.ts';
import type { FeatureMap, Nearest, VectorSet } from '../../../core/feature-map.ts';
import type { Size } from '../../../core/geometry.ts';

/** Features of a photo with the lengths that comparing them needs. */
export interface Encoded extends VectorSet, FeatureMap {}

export const encoded = (map: FeatureMap): Encoded => ({ ...map, ...vectorSet(map.values, map.channels) });

/** Who waits for something long: may stop it, and is told which share is done. */
export interface Watch {
  signal?: AbortSignal;
  onShare?: (share: number) => void;
}

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
  nearest(vectors: Encoded, candidates: VectorSet, watch?: Watch): Promise<Nearest>;
  /** {@link nearest} of both sets in each other. */
  nearestBothWays(a: Encoded, b: Encoded, watch?: Watch): Promise<[ab: Nearest, ba: Nearest]>;
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

  nearest(vectors: Encoded, candidates: VectorSet, watch?: Watch): Promise<Nearest> {
    return inSlices(nearestInSteps(vectors, candidates), watch);
  }

  nearestBothWays(a: Encoded, b: Encoded, watch?: Watch): Promise<[Nearest, Nearest]> {
    return inSlices(nearestBothWaysInSteps(a, b), watch);
  }

  forget(): void {}
}

/** The worker answers other calls, cancelling among them, at least this often. Milliseconds. */
const SLICE = 40;

async function inSlices<T>(steps: Steps<T>, { signal, onShare }: Watch = {}): Promise<T> {
  let begin = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - begin < SLICE) continue;
    onShare?.(value);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal) throwIfAborted(signal);
    begin = performance.now();
  }
}
