import code from '../../../shaders/match/mip-level.wgsl';
import type { Size } from '../../core/geometry.ts';
import { type BindingPlaces, bindingEntries, bindingPlaces } from '../../platform/gpu/bindings.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createRenderPipeline, createShader } from '../../platform/gpu/shader.ts';

const FORMAT: GPUTextureFormat = 'rgba8unorm';

/** Mip levels of a photo down to one pixel. */
export const mipLevelCount = ({ width, height }: Size): number => Math.floor(Math.log2(Math.max(width, height))) + 1;

/** Makes photos that can be drawn smaller without aliasing. */
export class MipChain {
  private readonly places: BindingPlaces;
  private readonly copy: GPURenderPipeline;
  private readonly halve: GPURenderPipeline;

  constructor(private readonly device: GPUDevice) {
    const { module, definitions } = createShader(device, 'mip-level', code);
    this.places = bindingPlaces(definitions, ['drawMipLevel']);
    const pipeline = (label: string, COPY: 0 | 1) =>
      createRenderPipeline(device, {
        label: `mip-level/${label}`,
        layout: 'auto',
        vertex: { module, entryPoint: 'cover' },
        fragment: { module, entryPoint: 'drawMipLevel', targets: [{ format: FORMAT }], constants: { COPY } },
      });
    this.copy = pipeline('copy', 1);
    this.halve = pipeline('halve', 0);
  }

  /** A copy of `photo` (any float-sampled format, TEXTURE_BINDING) with all its levels; the scope owns it. */
  make(scope: Scope, photo: GPUTexture): GPUTexture {
    const levels = scope.texture('mips', {
      size: [photo.width, photo.height],
      format: FORMAT,
      mipLevelCount: mipLevelCount(photo),
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
    });
    const encoder = this.device.createCommandEncoder({ label: 'mip-chain' });
    const level = (texture: GPUTexture, baseMipLevel: number) => texture.createView({ baseMipLevel, mipLevelCount: 1 });
    for (let i = 0; i < levels.mipLevelCount; i++) {
      const pipeline = i ? this.halve : this.copy;
      const source = i ? level(levels, i - 1) : level(photo, 0);
      const pass = encoder.beginRenderPass({
        label: `mip-chain/${i}`,
        colorAttachments: [{ view: level(levels, i), loadOp: 'clear', storeOp: 'store' }],
      });
      pass.setPipeline(pipeline);
      pass.setBindGroup(
        0,
        this.device.createBindGroup({
          layout: pipeline.getBindGroupLayout(0),
          entries: bindingEntries('mip-level', this.places, { source }),
        }),
      );
      pass.draw(3);
      pass.end();
    }
    this.device.queue.submit([encoder.finish()]);
    return levels;
  }
}
