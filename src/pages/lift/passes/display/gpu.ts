import code from '../../../../../shaders/lift/display.wgsl';
import { COLOR_MAP_SIZE, colorMapRows, COLOR_MAPS } from '../../../../core/colors/color-maps.ts';
import type { Size } from '../../../../core/geometry.ts';
import { LIFT_PICTURES, type LiftPicture } from '../../contract/api.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { type DisplayOptions, LIFT_COLOR_MAPS, LIFT_FLOW_SCALE } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader, enumNames } from '../../../../platform/gpu/shader.ts';

/** A view on the GPU; members as in reference/lift/display.ts, `visible` as uint32. */
export interface DisplayBuffers {
  size: Size;
  colour: GPUTexture;
  depth: GPUBuffer;
  warp: GPUBuffer;
  visible: GPUBuffer;
  normals: GPUBuffer | null;
  sky: GPUBuffer | null;
  error: GPUBuffer | null;
  certainty: GPUBuffer | null;
}

/** A texture of this size that {@link LiftDisplayPass} paints on and a pane shows; the scope owns it. */
export function createPainted(scope: Scope, { width, height }: Size): GPUTexture {
  const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_SRC;
  return scope.texture('lift/painted', { size: [width, height], format: 'rgba8unorm', usage });
}

/** Paints one picture of a view at the rendered size, see reference/lift/display.ts. */
export class LiftDisplayPass {
  private readonly kernel: Kernel;
  private readonly colorMaps: GPUTexture;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(
      device,
      scope,
      createShader(device, 'lift-display', code, enumNames('PICTURE', LIFT_PICTURES)),
    );
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
    const size = [COLOR_MAP_SIZE, COLOR_MAPS.length];
    this.colorMaps = scope.texture('lift/color-maps', { size, format: 'rgba8unorm', usage });
    const layout = { bytesPerRow: COLOR_MAP_SIZE * 4 };
    device.queue.writeTexture({ texture: this.colorMaps }, colorMapRows(), layout, size);
  }

  /** Fills `painted`, which has the view's size. */
  run(
    encoder: GPUCommandEncoder,
    view: DisplayBuffers,
    picture: LiftPicture,
    { ground, medianDepth, skyThreshold, maxError }: DisplayOptions,
    painted: GPUTexture,
  ): void {
    const { width, height } = view.size;
    const optional = [view.normals, view.sky, view.error, view.certainty];
    const params = {
      size: [width, height],
      picture: LIFT_PICTURES.indexOf(picture),
      layers: optional.reduce((bits, buffer, i) => bits | (buffer ? 1 << i : 0), 0),
      ground,
      medianDepth,
      skyThreshold,
      maxError,
      flowScale: LIFT_FLOW_SCALE * Math.max(width, height),
      depthMap: COLOR_MAPS.indexOf(LIFT_COLOR_MAPS.depth),
      errorMap: COLOR_MAPS.indexOf(LIFT_COLOR_MAPS.error),
      certaintyMap: COLOR_MAPS.indexOf(LIFT_COLOR_MAPS.certainty),
    };
    const planes = (buffer: GPUBuffer, count: number) => ({ buffer, size: 4 * count * gridPoints(view.size) });
    // What is not there is bound to something that is: the shader does not read it.
    const layer = (buffer: GPUBuffer | null, count = 1) => (buffer ? planes(buffer, count) : planes(view.depth, 1));
    const bindings = {
      colour: view.colour.createView(),
      depth: planes(view.depth, 1),
      warp: planes(view.warp, 2),
      visible: planes(view.visible, 1),
      normals: layer(view.normals, 3),
      sky: layer(view.sky),
      error: layer(view.error),
      certainty: layer(view.certainty),
      colorMaps: this.colorMaps.createView(),
      painted: painted.createView(),
    };
    this.kernel.run(encoder, params, bindings, gridWorkgroups(view.size));
  }
}
