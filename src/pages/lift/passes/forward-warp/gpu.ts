import code from '../../../../../shaders/lift/forward-warp.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { PLACE } from '../../../../core/match-score.ts';
import { WARP_NOWHERE } from '../render/cpu.ts';
import { meshIndexCount } from '../mesh/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';
import { cameraUniforms } from '../cameras/gpu.ts';
import type { MeshBuffers } from '../mesh/gpu.ts';
import type { ViewBuffers } from '../render/gpu.ts';

/** Where the photo's pixels lie in the new view, on the GPU; members as in reference/lift/forward-warp.ts. */
export interface ForwardBuffers {
  size: Size;
  /** float32 [2, h, w] */
  warp: GPUBuffer;
  /** uint32 [h, w] */
  visible: GPUBuffer;
  /** uint32 [h, w], PLACE */
  places: GPUBuffer;
}

/** Buffers for a photo of this size; the scope owns them. */
export function createForward(scope: Scope, size: Size): ForwardBuffers {
  const points = gridPoints(size);
  return {
    size,
    warp: scope.storage('lift/forward-warp', 8 * points),
    visible: scope.storage('lift/forward-visible', 4 * points),
    places: scope.storage('lift/forward-places', 4 * points),
  };
}

/** Photo → view in closed form with visibility by the depth test, see reference/lift/forward-warp.ts. */
export class ForwardWarpPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    const shader = createShader(device, 'lift-forward-warp', code, {
      NONE: PLACE.none,
      HIDDEN: PLACE.hidden,
      VISIBLE: PLACE.visible,
      WARP_NOWHERE,
    });
    this.kernel = new Kernel(device, scope, shader);
  }

  /** Fills `forward` after the view has been rendered with the same cameras. */
  run(
    encoder: GPUCommandEncoder,
    mesh: MeshBuffers,
    view: Pick<ViewBuffers, 'size' | 'depth'>,
    cameras: CameraPair,
    tolerance: number,
    forward: ForwardBuffers,
  ): void {
    const points = gridPoints(forward.size);
    const bindings = {
      depth: { buffer: mesh.depth, size: 4 * points },
      indices: { buffer: mesh.indices, size: 4 * meshIndexCount(mesh.size) },
      rendered: { buffer: view.depth, size: 4 * gridPoints(view.size) },
      warp: { buffer: forward.warp, size: 8 * points },
      visible: { buffer: forward.visible, size: 4 * points },
      places: { buffer: forward.places, size: 4 * points },
    };
    this.kernel.run(encoder, cameraUniforms(cameras, tolerance), bindings, gridWorkgroups(forward.size));
  }
}
