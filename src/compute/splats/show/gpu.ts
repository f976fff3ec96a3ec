import { NamedLayout } from '../../../platform/gpu/bindings.ts';
import code from '../../../../shaders/scene/show.wgsl';
import { COLOR_MAP_SIZE, COLOR_MAPS, colorMapRows } from '../../../core/colors/color-maps.ts';
import type { Rect } from '../../../core/geometry.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { createRenderPipeline, createShader, enumNames } from '../../../platform/gpu/shader.ts';
import { UniformRing } from '../../../platform/gpu/uniforms.ts';
import type { Ground } from '../look/gpu.ts';
import type { MeasuredView } from '../measure/gpu.ts';
import { mapNames } from '../measure/maps.ts';
import { paintingOf, type SplatPane, WAYS } from './pane.ts';

/** Draws a measured map on a canvas, see cpu.ts. */
export class ShowMapsPass {
  private readonly pipeline: GPURenderPipeline;
  private readonly params: UniformRing;
  private readonly colorMaps: GPUTexture;
  private readonly layout: NamedLayout;
  /** Made anew only where the maps are another buffer. */
  private bound: { maps: GPUBuffer; group: GPUBindGroup } | null = null;

  constructor(device: GPUDevice, scope: Scope, format: GPUTextureFormat) {
    const shader = createShader(device, 'splat-show', code, { ...mapNames(), ...enumNames('WAY', WAYS) });
    const { module } = shader;
    this.params = new UniformRing(device, scope, shader, 'params');
    const { FRAGMENT: visibility } = GPUShaderStage;
    this.layout = new NamedLayout(device, 'splat-show', shader.definitions, {
      params: { visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
      maps: { visibility, buffer: { type: 'read-only-storage' } },
      colorMaps: { visibility, texture: {} },
    });
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
    const size = [COLOR_MAP_SIZE, COLOR_MAPS.length];
    this.colorMaps = scope.texture('splats/color-maps', { size, format: 'rgba8unorm', usage });
    const rows = { bytesPerRow: COLOR_MAP_SIZE * 4 };
    device.queue.writeTexture({ texture: this.colorMaps }, colorMapRows(), rows, size);
    this.pipeline = createRenderPipeline(device, {
      label: 'splat-show',
      layout: device.createPipelineLayout({ label: 'splat-show', bindGroupLayouts: [this.layout.layout] }),
      vertex: { module, entryPoint: 'cover' },
      fragment: { module, entryPoint: 'show', targets: [{ format }] },
    });
  }

  /** Covers all of `target`; the picture lies at `rect`, pixels of the target. */
  record(
    encoder: GPUCommandEncoder,
    target: GPUTextureView,
    { maps, width, height }: MeasuredView,
    pane: SplatPane,
    rect: Rect,
    { background, ground }: Ground,
  ): void {
    const { way, map, other, colorMap, range } = paintingOf(pane);
    const params = this.params.push({
      rect: [rect.x, rect.y, rect.width, rect.height],
      ground: [...ground, 1],
      background: [...background, 1],
      size: [width, height],
      way: WAYS.indexOf(way),
      map,
      other,
      colorMap: COLOR_MAPS.indexOf(colorMap),
      range,
    });
    const pass = encoder.beginRenderPass({
      label: 'splat-show',
      colorAttachments: [{ view: target, loadOp: 'clear', storeOp: 'store' }],
    });
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.groupOf(maps), [params.offset ?? 0]);
    pass.draw(3);
    pass.end();
  }

  private groupOf(maps: GPUBuffer): GPUBindGroup {
    if (this.bound?.maps !== maps) {
      const resources = {
        params: this.params.window,
        maps: { buffer: maps },
        colorMaps: this.colorMaps.createView(),
      };
      this.bound = { maps, group: this.layout.bind(resources) };
    }
    return this.bound.group;
  }
}
