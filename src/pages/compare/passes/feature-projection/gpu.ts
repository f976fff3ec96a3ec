import code from '../../../../../shaders/compare/feature-projection.wgsl';
import { linearWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import type { FeatureBuffer } from '../feature-buffer/feature-buffer.ts';
import { valuesBinding } from '../feature-buffer/feature-buffer.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Scores along a few directions, see reference/feature-projection.ts. */
export class FeatureProjectionPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'feature-projection', code));
  }

  /** Fills `scores` ([count, components]) with `mean` ([channels]) and `basis` ([components, channels]). */
  run(
    encoder: GPUCommandEncoder,
    map: FeatureBuffer,
    mean: GPUBuffer,
    basis: GPUBuffer,
    components: number,
    scores: GPUBuffer,
  ): void {
    const { channels, count } = map;
    const bindings = {
      features: valuesBinding(map),
      mean: { buffer: mean, size: 4 * channels },
      basis: { buffer: basis, size: 4 * channels * components },
      scores: { buffer: scores, size: 4 * count * components },
    };
    this.kernel.run(encoder, { channels, points: count, components }, bindings, linearWorkgroups(count * components));
  }
}
