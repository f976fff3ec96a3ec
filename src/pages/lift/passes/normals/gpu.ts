import code from '../../../../../shaders/lift/normals.wgsl';
import type { Pinhole } from '../../../../geometry/pinhole.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { NORMAL_JUMP } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Normals of a depth map, see reference/lift/normals.ts. */
export class NormalsPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-normals', code), 'main', { JUMP: NORMAL_JUMP });
  }

  /** Fills `normals` (float32 [3, h, w]) from `depth` (float32 [h, w]) as `camera` sees it, whose size is theirs. */
  run(encoder: GPUCommandEncoder, camera: Pinhole, depth: GPUBuffer, normals: GPUBuffer): void {
    const points = gridPoints(camera);
    const params = {
      size: [camera.width, camera.height],
      focal: [camera.fx, camera.fy],
      centre: [camera.cx, camera.cy],
    };
    const bindings = {
      depth: { buffer: depth, size: 4 * points },
      normals: { buffer: normals, size: 12 * points },
    };
    this.kernel.run(encoder, params, bindings, gridWorkgroups(camera));
  }
}
