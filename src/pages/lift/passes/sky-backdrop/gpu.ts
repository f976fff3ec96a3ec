import code from '../../../../../shaders/lift/sky-backdrop.wgsl';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { infiniteHomography } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';
import type { ViewBuffers } from '../render/gpu.ts';

/** The photo's sky on the GPU. */
export interface SkyBuffers {
  /** The sky as reference/lift/sky-plate.ts makes it; any float-sampled format, of camera a's size. */
  plate: GPUTexture;
  /** float32 [h, w] of camera a's size; sky is above the threshold. */
  sky: GPUBuffer;
  threshold: number;
}

/** Draws the photo's sky in a view's holes, see reference/lift/sky-backdrop.ts. */
export class SkyBackdropPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-sky-backdrop', code));
  }

  /**
   * @param view as it was rendered with the same cameras; the sky is drawn into its colour, nothing else changes
   * @param known uint32 [h, w] of the view: filled with 1 where it was rendered or shows the sky
   */
  run(
    encoder: GPUCommandEncoder,
    { plate, sky, threshold }: SkyBuffers,
    cameras: CameraPair,
    view: Pick<ViewBuffers, 'colour' | 'visible'>,
    known: GPUBuffer,
  ): void {
    const { a, b } = cameras;
    const homography = infiniteHomography(cameras);
    const params = {
      sizeA: [a.width, a.height],
      sizeB: [b.width, b.height],
      row0: homography.slice(0, 3),
      row1: homography.slice(3, 6),
      row2: homography.slice(6, 9),
      threshold,
    };
    const bindings = {
      plate: plate.createView(),
      sky: { buffer: sky, size: 4 * gridPoints(a) },
      visible: { buffer: view.visible, size: 4 * gridPoints(b) },
      colour: view.colour.createView(),
      known: { buffer: known, size: 4 * gridPoints(b) },
    };
    this.kernel.run(encoder, params, bindings, gridWorkgroups(b));
  }
}
