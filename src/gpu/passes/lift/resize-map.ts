import coordinates from '../../../../shaders/common/coordinates.wgsl?raw';
import sampling from '../../../../shaders/common/sampling.wgsl?raw';
import code from '../../../../shaders/lift/resize-map.wgsl?raw';
import type { Size } from '../../../shared/geometry.ts';
import { gridWorkgroups } from '../../dispatch.ts';
import { gridPoints } from '../../field.ts';
import { Kernel } from '../../kernel.ts';
import type { Scope } from '../../scope.ts';
import { createShader } from '../../shader.ts';

/** Brings a map to another size, see resizeMap in reference/lift/guided-filter.ts. */
export class ResizeMapPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-resize-map', coordinates, sampling, code));
  }

  /** Fills `resized` from `map`; both float32 [h, w]. */
  run(encoder: GPUCommandEncoder, map: GPUBuffer, from: Size, resized: GPUBuffer, to: Size): void {
    const params = { mapSize: [from.width, from.height], resizedSize: [to.width, to.height] };
    const bindings = [
      { buffer: map, size: 4 * gridPoints(from) },
      { buffer: resized, size: 4 * gridPoints(to) },
    ];
    this.kernel.run(encoder, params, bindings, gridWorkgroups(to));
  }
}
