import code from '../../../../shaders/lift/normals.wgsl?raw';
import type { Pinhole } from '../../../shared/lift/camera.ts';
import { gridWorkgroups } from '../../dispatch.ts';
import { gridPoints } from '../../field.ts';
import { Kernel } from '../../kernel.ts';
import { NORMAL_JUMP } from '../../reference/lift/normals.ts';
import type { Scope } from '../../scope.ts';
import { createShader } from '../../shader.ts';

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
    const bindings = [
      { buffer: depth, size: 4 * points },
      { buffer: normals, size: 12 * points },
    ];
    this.kernel.run(encoder, params, bindings, gridWorkgroups(camera));
  }
}
