import code from '../../../../../shaders/scene/draw-fly.wgsl';
import { NamedLayout } from '../../../../platform/gpu/bindings.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createRenderPipeline, createShader } from '../../../../platform/gpu/shader.ts';
import { photoRect } from '../../../../core/viewer/zoom.ts';
import type { Pane } from '../../contract/layout.ts';
import type { PaneBindings } from '../pane/bindings.ts';
import { type Frame, paneUniforms, scaled } from '../pane/frame.ts';
import { type DrawnPair, type PanePainter, PanePass } from '../pane/gpu.ts';
import { photoPass } from '../photo/gpu.ts';
import { type FlyPicture, HOLE, pictureSize, placeOf } from './drawer.ts';

/** The scene's picture over the pane; photo A while there is none. */
export class FlyPainter implements PanePainter {
  private readonly pipeline: GPURenderPipeline;
  private readonly layout: NamedLayout;
  private readonly photo: PanePass;
  private readonly device: GPUDevice;
  private bound: { texture: GPUTexture; group: GPUBindGroup } | null = null;
  /** What a picture of the processor was put into. */
  private uploaded: { picture: FlyPicture; texture: GPUTexture } | null = null;

  constructor(
    private readonly bindings: PaneBindings,
    private readonly scope: Scope,
    format: GPUTextureFormat,
  ) {
    const { device, frame } = bindings;
    this.device = device;
    this.photo = new PanePass(bindings, scope, format, photoPass);
    const shader = createShader(device, 'draw-fly', code, { HOLE_BELOW: HOLE.below, HOLE_ABOVE: HOLE.above });
    const picture = { visibility: GPUShaderStage.FRAGMENT, texture: {} } as const;
    this.layout = new NamedLayout(device, 'draw-fly', shader.definitions, { picture }, 1);
    this.pipeline = createRenderPipeline(device, {
      label: 'draw-fly',
      layout: device.createPipelineLayout({
        label: 'draw-fly',
        bindGroupLayouts: [frame.layout, this.layout.layout],
      }),
      vertex: { module: shader.module, entryPoint: 'cover' },
      fragment: { module: shader.module, entryPoint: 'drawFly', targets: [{ format }] },
    });
  }

  prepare(encoder: GPUCommandEncoder, frame: Frame, pane: Pane, pair: DrawnPair): void {
    const texture = this.textureOf(encoder, frame, pane, pair);
    if (!texture) this.bound = null;
    else if (this.bound?.texture !== texture) {
      this.bound = { texture, group: this.layout.bind({ picture: texture.createView() }) };
    }
  }

  draw(pass: GPURenderPassEncoder, frame: Frame, pane: Pane, pair: DrawnPair): void {
    const photo = pair.photo(pane.side);
    if (!photo) return;
    if (!this.bound) {
      this.photo.draw(pass, frame, pane, pair);
      return;
    }
    const offset = this.bindings.push(paneUniforms(frame, pane, photo, pair.grid(pane.side)));
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.bindings.frameGroup, [offset]);
    pass.setBindGroup(1, this.bound.group);
    pass.draw(3);
  }

  private textureOf(encoder: GPUCommandEncoder, frame: Frame, pane: Pane, pair: DrawnPair): GPUTexture | null {
    const { fly, settings, pixelRatio } = frame;
    const photo = pair.photo(pane.side);
    if (!fly || !photo) return null;
    const size = pictureSize(scaled(photoRect(pane, photo, settings.camera), pixelRatio));
    if (fly.on === 'gpu') return fly.record(encoder, placeOf(settings), size);
    const picture = fly.picture(placeOf(settings), size);
    return picture && this.upload(picture);
  }

  private upload(picture: FlyPicture): GPUTexture {
    if (this.uploaded?.picture === picture) return this.uploaded.texture;
    const { width, height, data } = picture;
    let texture = this.uploaded?.texture;
    if (texture?.width !== width || texture.height !== height) {
      if (texture) this.scope.release(texture);
      const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
      texture = this.scope.texture('fly-picture', { size: [width, height], format: 'rgba8unorm', usage });
    }
    this.device.queue.writeTexture({ texture }, data, { bytesPerRow: 4 * width }, [width, height]);
    this.uploaded = { picture, texture };
    return texture;
  }
}
