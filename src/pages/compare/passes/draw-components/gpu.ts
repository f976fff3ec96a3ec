import code from '../../../../../shaders/compare/draw-components.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import { type FeatureBuffer, valuesBinding } from '../feature-buffer/feature-buffer.ts';
import type { ComponentView } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { type BindingPlaces, bindingEntries, bindingPlaces } from '../../../../platform/gpu/bindings.ts';
import { createRenderPipeline, createShader, enumNames } from '../../../../platform/gpu/shader.ts';
import { UniformRing } from '../../../../platform/gpu/uniforms.ts';

/** The WGSL's `mask`. */
const MASKS = ['none', 'high', 'low'] as const;

/** Three directions about a mean, on the GPU: [channels] and [3, channels] float32. */
export interface ProjectionBuffers {
  mean: GPUBuffer;
  basis: GPUBuffer;
}

/** PCA maps whose scores live only in the fragment shader, see reference/draw-components.ts. */
export class DrawComponents {
  private readonly pipeline: GPURenderPipeline;
  private readonly view: UniformRing;
  private readonly places: BindingPlaces;

  /** @param format of the maps' textures */
  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
    format: GPUTextureFormat,
  ) {
    const shader = createShader(device, 'draw-components', code, enumNames('MASK', MASKS));
    this.view = new UniformRing(device, scope, shader, 'view');
    this.places = bindingPlaces(shader.definitions, ['cover', 'drawComponents']);
    this.pipeline = createRenderPipeline(device, {
      label: 'draw-components',
      layout: 'auto',
      vertex: { module: shader.module, entryPoint: 'cover' },
      fragment: { module: shader.module, entryPoint: 'drawComponents', targets: [{ format }] },
    });
  }

  /** Records a whole map on `target`, which has a pixel for every place of `grid`. */
  draw(
    encoder: GPUCommandEncoder,
    target: GPUTextureView,
    map: FeatureBuffer,
    grid: Size,
    { mean, basis }: ProjectionBuffers,
    { matrix, mask, threshold }: ComponentView,
  ): void {
    const { channels } = map;
    const view = this.view.push({
      red: matrix.slice(0, 3),
      green: matrix.slice(3, 6),
      blue: matrix.slice(6, 9),
      channels,
      columns: grid.width,
      mask: MASKS.indexOf(mask),
      threshold,
    });
    const bindings = {
      view,
      features: valuesBinding(map),
      mean: { buffer: mean, size: 4 * channels },
      basis: { buffer: basis, size: 12 * channels },
    };
    const group = this.device.createBindGroup({
      label: 'draw-components',
      layout: this.pipeline.getBindGroupLayout(0),
      entries: bindingEntries('draw-components', this.places, bindings),
    });
    const pass = encoder.beginRenderPass({
      label: 'draw-components',
      colorAttachments: [{ view: target, clearValue: [0, 0, 0, 0], loadOp: 'clear', storeOp: 'store' }],
    });
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, group);
    pass.draw(3);
    pass.end();
  }
}
