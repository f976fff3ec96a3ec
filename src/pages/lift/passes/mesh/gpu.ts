import code from '../../../../../shaders/lift/mesh.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { meshIndexCount } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** The photo as a surface on the GPU. */
export interface MeshBuffers {
  size: Size;
  /** float32 [h, w], scene units, 0 where there is none: the vertices are pulled from it. */
  depth: GPUBuffer;
  /** uint32, as reference/lift/mesh.ts lists them. */
  indices: GPUBuffer;
  /** uint32 [h, w], scratch. */
  kinds: GPUBuffer;
}

/** Buffers for a photo of this size; the scope owns them. */
export function createMesh(scope: Scope, size: Size): MeshBuffers {
  return {
    size,
    depth: scope.storage('lift/depth', 4 * gridPoints(size)),
    indices: scope.storage('lift/indices', 4 * meshIndexCount(size), GPUBufferUsage.INDEX),
    kinds: scope.storage('lift/kinds', 4 * gridPoints(size)),
  };
}

/** Connects the photo's pixels to a surface, see reference/lift/mesh.ts. Only needed when depth or `edge` changed. */
export class LiftMeshPass {
  private readonly classify: Kernel;
  private readonly connect: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    const shader = createShader(device, 'lift-mesh', code);
    this.classify = new Kernel(device, scope, shader, 'classify');
    this.connect = new Kernel(device, scope, shader, 'connect');
  }

  /** Fills `mesh.indices` from `mesh.depth` and the normalised disparity, float32 [h, w]. */
  run(encoder: GPUCommandEncoder, mesh: MeshBuffers, disparity: GPUBuffer, edge: number): void {
    const { width, height } = mesh.size;
    const params = { size: [width, height], edge };
    const map = (buffer: GPUBuffer) => ({ buffer, size: 4 * width * height });
    const kinds = map(mesh.kinds);
    this.classify.run(
      encoder,
      params,
      { disparity: map(disparity), depth: map(mesh.depth), kinds },
      gridWorkgroups(mesh.size),
    );
    const cells = { width: width + 1, height: height + 1 };
    const indices = { buffer: mesh.indices, size: 4 * meshIndexCount(mesh.size) };
    this.connect.run(encoder, params, { kinds, indices }, gridWorkgroups(cells));
  }
}
