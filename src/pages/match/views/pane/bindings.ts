import paneCode from '../../../../../shaders/common/field.wgsl';
import { COLOR_MAP_SIZE, colorMapRows, COLOR_MAPS } from '../../../../core/colors/color-maps.ts';
import { certaintyBinding, cycleBinding, warpBinding } from '../../../../compute/field/gpu.ts';
import type { WarpField } from '../../../../compute/field/gpu.ts';
import type { Color } from '../../../../core/colors/stage-colors.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { type LayoutVariable, NamedLayout } from '../../../../platform/gpu/bindings.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';
import { UniformRing } from '../../../../platform/gpu/uniforms.ts';

/** The members of `Pane` that draw-aligned alone reads. */
export interface PlaneUniforms {
  planeRow0: readonly number[];
  planeRow1: readonly number[];
  planeRow2: readonly number[];
  canvas: readonly [x: number, y: number, width: number, height: number];
}

/** The uniform `Pane` of shaders/common/pane.wgsl, which explains the members. */
export interface PaneUniforms extends Partial<PlaneUniforms> {
  stage: [width: number, height: number];
  rect: [x: number, y: number, width: number, height: number];
  ground: Color;
  empty: Color;
  photo: [width: number, height: number];
  grid: [width: number, height: number];
  threshold: number;
  cycleLimit: number;
  muted: number;
  opacity: number;
  amount: number;
  dividerX: number;
  checkerSize: number;
  flowScale: number;
  cycleScale: number;
  pixelRatio: number;
  colorMap: number;
  mode: number;
}

/** More panes than any view has passes, twice over: two frames may be on their way. */
const UNIFORM_SLOTS = 32;

/**
 * What the passes over panes share: the layouts of their three bind groups, the sampler, the colour maps and
 * the uniforms. Made once per device; bind groups are made anew only when a photo or a field changes.
 */
export class PaneBindings {
  readonly frame: NamedLayout;
  readonly photos: NamedLayout;
  readonly field: NamedLayout;
  readonly sampler: GPUSampler;
  /** 256 × one row per map of COLOR_MAPS. */
  readonly colorMaps: GPUTexture;
  /** Group 0; takes the offset that {@link push} returns. */
  readonly frameGroup: GPUBindGroup;
  private readonly uniforms: UniformRing;

  constructor(
    readonly device: GPUDevice,
    scope: Scope,
  ) {
    const visibility = GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT;
    const uniform: LayoutVariable = { visibility, buffer: { type: 'uniform', hasDynamicOffset: true } };
    const storage: LayoutVariable = { visibility, buffer: { type: 'read-only-storage' } };
    const texture: LayoutVariable = { visibility: GPUShaderStage.FRAGMENT, texture: {} };
    const sampler: LayoutVariable = { visibility: GPUShaderStage.FRAGMENT, sampler: {} };
    const shader = createShader(device, 'pane', paneCode);
    const { definitions } = shader;
    this.frame = new NamedLayout(device, 'pane/frame', definitions, {
      pane: uniform,
      photoSampler: sampler,
      colorMaps: texture,
    });
    this.photos = new NamedLayout(device, 'pane/photos', definitions, { photoHere: texture, photoThere: texture }, 1);
    const field = { warp: storage, certainty: storage, cycle: storage };
    this.field = new NamedLayout(device, 'pane/field', definitions, field, 2);

    this.sampler = device.createSampler({
      label: 'photo',
      magFilter: 'linear',
      minFilter: 'linear',
      mipmapFilter: 'linear',
    });
    this.colorMaps = scope.texture('color-maps', {
      size: [COLOR_MAP_SIZE, COLOR_MAPS.length],
      format: 'rgba8unorm',
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
    });
    device.queue.writeTexture({ texture: this.colorMaps }, colorMapRows(), { bytesPerRow: COLOR_MAP_SIZE * 4 }, [
      COLOR_MAP_SIZE,
      COLOR_MAPS.length,
    ]);
    this.uniforms = new UniformRing(device, scope, shader, 'pane', UNIFORM_SLOTS);
    this.frameGroup = this.frame.bind({
      pane: this.uniforms.window,
      photoSampler: this.sampler,
      colorMaps: this.colorMaps.createView(),
    });
  }

  /** Writes one pane's uniforms and returns their dynamic offset. */
  push(values: PaneUniforms): number {
    return this.uniforms.push({ ...values }).offset ?? 0;
  }

  /** Group 1. Both textures with their mip levels. */
  photosGroup(here: GPUTexture, there: GPUTexture): GPUBindGroup {
    return this.photos.bind({ photoHere: here.createView(), photoThere: there.createView() });
  }

  /** Group 2. */
  fieldGroup(field: WarpField): GPUBindGroup {
    return this.field.bind({
      warp: warpBinding(field),
      certainty: certaintyBinding(field),
      cycle: cycleBinding(field),
    });
  }
}
