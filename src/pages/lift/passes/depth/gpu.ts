import code from '../../../../../shaders/lift/depth.wgsl';
import { linearWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import type { DepthRange } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Places of the photo that are sky: `map` is float32 [h, w], sky where it is above the threshold. */
export interface SkyBuffer {
  map: GPUBuffer;
  threshold: number;
}

/** Normalised disparity to depth, see reference/lift/depth.ts. */
export class LiftDepthPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-depth', code));
  }

  /** Fills `depth` from `disparity`; both float32 [h, w] of `points` places. */
  run(
    encoder: GPUCommandEncoder,
    points: number,
    disparity: GPUBuffer,
    sky: SkyBuffer | null,
    { scale, shift, near, far }: DepthRange,
    depth: GPUBuffer,
  ): void {
    const params = { scale, shift, near, far, skyThreshold: sky?.threshold ?? 0, hasSky: sky ? 1 : 0 };
    const map = (buffer: GPUBuffer) => ({ buffer, size: 4 * points });
    const bindings = { disparity: map(disparity), sky: map(sky?.map ?? disparity), depth: map(depth) };
    this.kernel.run(encoder, params, bindings, linearWorkgroups(points));
  }
}
