import covarianceCode from '../../../../../shaders/compare/feature-covariance.wgsl';
import meanCode from '../../../../../shaders/compare/feature-mean.wgsl';
import { linearWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import type { FeatureBuffer } from '../feature-buffer/feature-buffer.ts';
import { valuesBinding } from '../feature-buffer/feature-buffer.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Side of a tile of the covariance. */
const TILE = 16;

/** Mean and covariance of features over several maps together, see reference/feature-covariance.ts. */
export class FeatureMomentsPass {
  private readonly mean: Kernel;
  private readonly covariance: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.mean = new Kernel(device, scope, createShader(device, 'feature-mean', meanCode));
    this.covariance = new Kernel(device, scope, createShader(device, 'feature-covariance', covarianceCode, { TILE }));
  }

  /** Fills `mean` ([channels]) and `covariance` ([channels, channels]) from maps of the same channels. */
  run(encoder: GPUCommandEncoder, maps: readonly FeatureBuffer[], mean: GPUBuffer, covariance: GPUBuffer): void {
    const { channels } = maps[0];
    const count = maps.reduce((sum, map) => sum + map.count, 0);
    const meanBinding = { buffer: mean, size: 4 * channels };
    const tiles = Math.ceil(channels / TILE);
    const params = (map: FeatureBuffer) => ({ channels, points: map.count, count, isFirst: map === maps[0] ? 1 : 0 });
    for (const map of maps) {
      this.mean.run(
        encoder,
        params(map),
        { features: valuesBinding(map), mean: meanBinding },
        linearWorkgroups(channels),
      );
    }
    for (const map of maps) {
      const bindings = {
        features: valuesBinding(map),
        mean: meanBinding,
        covariance: { buffer: covariance, size: 4 * channels * channels },
      };
      this.covariance.run(encoder, params(map), bindings, [tiles, tiles]);
    }
  }
}
