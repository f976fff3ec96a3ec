import code from '../../../../../shaders/compare/feature-cosine.wgsl';
import { linearWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import type { FeatureBuffer } from '../feature-buffer/feature-buffer.ts';
import { inverseNormsBinding, valuesBinding } from '../feature-buffer/feature-buffer.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Cosine of every vector with one query: the heat map of a hovered patch, see reference/feature-vectors.ts. */
export class FeatureCosinePass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'feature-cosine', code));
  }

  /** Fills `cosine` ([count]); `query` holds one vector, `queryScale` is 1 / its length (0 for a null vector). */
  run(
    encoder: GPUCommandEncoder,
    vectors: FeatureBuffer,
    query: GPUBuffer,
    queryScale: number,
    cosine: GPUBuffer,
  ): void {
    const { channels, count } = vectors;
    const bindings = {
      vectors: valuesBinding(vectors),
      vectorScales: inverseNormsBinding(vectors),
      query: { buffer: query, size: 4 * channels },
      cosine: { buffer: cosine, size: 4 * count },
    };
    this.kernel.run(encoder, { channels, vectors: count, queryScale }, bindings, linearWorkgroups(count));
  }
}
