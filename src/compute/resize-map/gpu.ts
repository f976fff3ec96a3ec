import code from '../../../shaders/lift/resize-map.wgsl';
import type { Size } from '../../core/geometry.ts';
import { gridWorkgroups } from '../../platform/gpu/dispatch.ts';
import { gridPoints } from '../field/gpu.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';

/** Brings a map to another size, see resizeMap in cpu.ts. */
export class ResizeMapPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-resize-map', code));
  }

  /** Fills `resized` from `map`; both float32 [h, w]. */
  run(encoder: GPUCommandEncoder, map: GPUBuffer, from: Size, resized: GPUBuffer, to: Size): void {
    const params = { mapSize: [from.width, from.height], resizedSize: [to.width, to.height] };
    const bindings = {
      map: { buffer: map, size: 4 * gridPoints(from) },
      resized: { buffer: resized, size: 4 * gridPoints(to) },
    };
    this.kernel.run(encoder, params, bindings, gridWorkgroups(to));
  }
}
