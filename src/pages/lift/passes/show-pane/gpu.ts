import code from '../../../../../shaders/lift/show-pane.wgsl';
import type { Rect } from '../../../../core/geometry.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { type BindingPlaces, bindingEntries, bindingPlaces } from '../../../../platform/gpu/bindings.ts';
import { createRenderPipeline, createShader } from '../../../../platform/gpu/shader.ts';
import { UniformRing } from '../../../../platform/gpu/uniforms.ts';

/** Draws a painted picture onto a pane's canvas, scaled; see shaders/lift/show-pane.wgsl. */
export class ShowPanePass {
  private readonly pipeline: GPURenderPipeline;
  private readonly params: UniformRing;
  private readonly sampler: GPUSampler;
  private readonly places: BindingPlaces;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
    format: GPUTextureFormat,
  ) {
    const shader = createShader(device, 'lift-show-pane', code);
    const { module } = shader;
    this.params = new UniformRing(device, scope, shader, 'params');
    this.places = bindingPlaces(shader.definitions, ['cover', 'show']);
    this.sampler = device.createSampler({ label: 'lift-show-pane', magFilter: 'linear', minFilter: 'linear' });
    this.pipeline = createRenderPipeline(device, {
      label: 'lift-show-pane',
      layout: 'auto',
      vertex: { module, entryPoint: 'cover' },
      fragment: { module, entryPoint: 'show', targets: [{ format }] },
    });
  }

  /** Clears `target` to `ground` and draws `picture`, if any, at `rect` (pixels of the target). */
  run(
    encoder: GPUCommandEncoder,
    target: GPUTextureView,
    picture: GPUTexture | null,
    rect: Rect,
    ground: readonly [number, number, number, number],
  ): void {
    const [r, g, b, a] = ground;
    const pass = encoder.beginRenderPass({
      label: 'lift-show-pane',
      colorAttachments: [{ view: target, clearValue: { r, g, b, a }, loadOp: 'clear', storeOp: 'store' }],
    });
    if (picture) {
      pass.setPipeline(this.pipeline);
      pass.setBindGroup(0, this.bind(picture, rect, ground));
      pass.draw(3);
    }
    pass.end();
  }

  private bind(picture: GPUTexture, { x, y, width, height }: Rect, ground: readonly number[]): GPUBindGroup {
    return this.device.createBindGroup({
      label: 'lift-show-pane',
      layout: this.pipeline.getBindGroupLayout(0),
      entries: bindingEntries('lift-show-pane', this.places, {
        params: this.params.push({ rect: [x, y, width, height], ground }),
        pictureSampler: this.sampler,
        picture: picture.createView(),
      }),
    });
  }
}
