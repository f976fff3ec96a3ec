import dispatch from '../../../shaders/common/dispatch.wgsl?raw';
import code from '../../../shaders/feature-projection.wgsl?raw';
import { linearWorkgroups } from '../dispatch.ts';
import type { FeatureBuffer } from '../feature-buffer.ts';
import { valuesBinding } from '../feature-buffer.ts';
import { Kernel } from '../kernel.ts';
import type { Scope } from '../scope.ts';
import { createShader } from '../shader.ts';

/** Scores along a few directions, see reference/feature-projection.ts. */
export class FeatureProjectionPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'feature-projection', dispatch, code));
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
    const bindings = [
      valuesBinding(map),
      { buffer: mean, size: 4 * channels },
      { buffer: basis, size: 4 * channels * components },
      { buffer: scores, size: 4 * count * components },
    ];
    this.kernel.run(encoder, { channels, points: count, components }, bindings, linearWorkgroups(count * components));
  }
}
