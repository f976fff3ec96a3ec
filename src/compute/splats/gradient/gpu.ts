import gradientsCode from '../../../../shaders/scene/gradients.wgsl';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import { SCREEN, SCREEN_STRIDE } from '../../../gaussians/gradient/screen.ts';
import { MIN_TRANSMITTANCE } from '../../../gaussians/raster/render.ts';
import { TILE } from '../../../gaussians/raster/tiles.ts';
import { type ComputeStep, linearWorkgroups } from '../../../platform/gpu/dispatch.ts';
import { readBytes } from '../../../platform/gpu/readback.ts';
import { createShader } from '../../../platform/gpu/shader.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import type { SplatMeasure } from '../measure/gpu.ts';
import { SPLAT_NAMES, type SplatScene } from '../scene.ts';
import { bindStep, recordSteps, stepsOf } from '../step.ts';

/** Pipelines of the backward pass; one a device. */
export class GradientKernels {
  readonly steps: Record<'differentiate' | 'gather', ComputeStep>;

  constructor(readonly device: GPUDevice) {
    const shader = createShader(device, 'splat-gradients', gradientsCode, {
      ...SPLAT_NAMES,
      MIN_TRANSMITTANCE,
      TILE,
      SCREEN_STRIDE,
      SCREEN_X: SCREEN.x,
      SCREEN_Y: SCREEN.y,
      SCREEN_CONIC: SCREEN.conic,
      SCREEN_OPACITY: SCREEN.opacity,
      SCREEN_COLOUR: SCREEN.colour,
    });
    this.steps = stepsOf(device, shader, ['differentiate', 'gather']);
  }
}

/**
 * The screen's gradients of a view on the GPU: what `screenGradients` gives, in float32, by Gaussian of the scene. Behind the
 * scene is black, and alpha itself has no loss. Reads back, for steps of a refinement, never for a picture.
 */
export class SplatGradients {
  constructor(
    private readonly kernels: GradientKernels,
    private readonly scene: SplatScene,
    private readonly measure: SplatMeasure,
  ) {}

  /**
   * @param byColour [3, h, w] derivatives of the loss by the picture of this camera
   * @returns [n, SCREEN_STRIDE]
   */
  async of(camera: SplatCamera, byColour: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    const { device, steps } = this.kernels;
    const { scene } = this;
    const scope: Scope = scene.scope.child('gradients');
    const bytes = 4 * SCREEN_STRIDE * Math.max(1, scene.count);
    try {
      const picture = scope.storage('splats/by-colour', byColour.byteLength);
      device.queue.writeBuffer(picture, 0, byColour);
      const gradients = scope.storage('splats/gradients', bytes);
      // Once more where the view had more pairs than there was room for.
      do {
        const encoder = device.createCommandEncoder({ label: 'splat-gradients' });
        // As a rule the picture was just drawn: its lists of pairs hold.
        const drawn = this.measure.recorded(camera);
        if (!drawn) scene.setView(camera);
        const view = drawn ?? this.measure.record(encoder, camera);
        const pairs = scope.storage('splats/pair-gradients', 4 * SCREEN_STRIDE * view.capacity);
        const bindings = {
          view: scene.view,
          splats: { buffer: scene.splats },
          pairSplats: view.pairSplats,
          ranges: { buffer: view.ranges },
          byColour: { buffer: picture },
          pairGradients: { buffer: pairs },
          gradients: { buffer: gradients },
        };
        const tiles: [number, number] = [Math.ceil(camera.width / TILE), Math.ceil(camera.height / TILE)];
        const pass = encoder.beginComputePass({ label: 'splat-gradients' });
        recordSteps(pass, [
          bindStep(device, steps.differentiate, bindings, tiles),
          bindStep(device, steps.gather, bindings, linearWorkgroups(scene.count)),
        ]);
        pass.end();
        device.queue.submit([encoder.finish()]);
      } while (await this.measure.outgrown());
      return new Float32Array(await readBytes(device, gradients, bytes));
    } finally {
      scope.destroy();
    }
  }
}
