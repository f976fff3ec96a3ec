import { gridPoints } from '../../../../compute/field/gpu.ts';
import { FillPass } from '../../passes/fill/gpu.ts';
import type { ViewBuffers } from '../../passes/render/gpu.ts';
import { lightsForView } from '../../passes/relight/cpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import type { FrameRequest } from './frame.ts';
import type { LiftPasses } from './gpu-passes.ts';
import { noiseSeed } from './look.ts';
import { sceneSky } from '../depth/scene-sky.ts';

/** A view before light and lens, on the GPU. */
export interface BareBuffers {
  side: Side;
  colour: GPUTexture;
  /** float32 [h, w] */
  depth: GPUBuffer;
  cameras: CameraPair;
  medianDepth: number;
}

/** The sky behind view b, light, filled holes and photometric changes of both views: look.ts on the GPU. */
export class GpuLook {
  readonly normals: Record<Side, GPUBuffer>;
  /** View b with its holes filled, before the camera's changes; a network's filling is written here. */
  readonly filled: GPUTexture;
  private readonly lit: Record<Side, GPUTexture>;
  private readonly developed: Record<Side, GPUTexture>;
  private readonly pyramid: GPUBuffer;
  /** uint32 [h, w]: what of view b was rendered, and the sky behind it. */
  private readonly backed: GPUBuffer;
  private readonly plate: { texture: GPUTexture; pixels: Pixels | null };

  constructor(
    private readonly scope: Scope,
    private readonly passes: LiftPasses,
    size: Size,
  ) {
    const { TEXTURE_BINDING, STORAGE_BINDING, COPY_SRC, COPY_DST } = GPUTextureUsage;
    const usage = TEXTURE_BINDING | STORAGE_BINDING | COPY_SRC | COPY_DST;
    const picture = (label: string) =>
      scope.texture(label, { size: [size.width, size.height], format: 'rgba8unorm', usage });
    const normals = (side: Side) => scope.storage(`normals-${side}`, 12 * gridPoints(size));
    this.normals = { a: normals('a'), b: normals('b') };
    this.lit = { a: picture('lit-a'), b: picture('lit-b') };
    this.developed = { a: picture('developed-a'), b: picture('developed-b') };
    this.filled = picture('filled');
    this.pyramid = FillPass.createPyramid(scope, size);
    this.plate = { texture: picture('sky-plate'), pixels: null };
    this.backed = scope.storage('backed', 4 * gridPoints(size));
  }

  /**
   * Draws the photo's sky into view b, unless holes are to be seen; looks alone.
   * @param sky float32 [h, w], the scene's mask
   * @returns uint32 [h, w] 1 where the view needs no filling; its own visibility where there is no sky
   */
  back(
    encoder: GPUCommandEncoder,
    sky: GPUBuffer,
    cameras: CameraPair,
    view: Pick<ViewBuffers, 'colour' | 'visible'>,
    request: FrameRequest,
  ): GPUBuffer {
    const pixels = sceneSky(request);
    if (!pixels) return view.visible;
    const { threshold } = request.settings.sky;
    this.passes.backdrop.run(encoder, { plate: this.upload(pixels), sky, threshold }, cameras, view, this.backed);
    return this.backed;
  }

  /** The view under the lights of the settings; the very texture given where it keeps its own. */
  light(encoder: GPUCommandEncoder, view: BareBuffers, { settings }: FrameRequest): GPUTexture {
    const { side, colour, depth, cameras, medianDepth } = view;
    if (!settings.light.on[side]) return colour;
    const camera = cameras[side];
    const normals = this.normals[side];
    this.passes.normals.run(encoder, camera, depth, normals);
    const lights = lightsForView(settings.light, medianDepth, side === 'a' ? null : cameras);
    this.passes.relight.run(encoder, { colour, depth, normals, camera }, lights, this.lit[side]);
    return this.lit[side];
  }

  /** Fills the holes of view b unless they are to be seen. `known` is uint32 [h, w]. */
  fill(encoder: GPUCommandEncoder, colour: GPUTexture, known: GPUBuffer, { settings }: FrameRequest): GPUTexture {
    if (settings.render.fill === 'none') return colour;
    this.passes.fill.run(encoder, colour, known, this.pyramid, this.filled);
    return this.filled;
  }

  /** What the camera does to the finished view; the very texture given where that is nothing. */
  develop(encoder: GPUCommandEncoder, colour: GPUTexture, side: Side, { settings, seed }: FrameRequest): GPUTexture {
    const look = settings.photometric[side];
    return this.passes.photometric.run(encoder, colour, this.developed[side], look, noiseSeed(seed, side));
  }

  /** The sky as a texture, which is only written when it changes. */
  private upload(pixels: Pixels): GPUTexture {
    const { texture } = this.plate;
    if (this.plate.pixels !== pixels) {
      const { width, height } = pixels;
      const data = pixels.data as Uint8ClampedArray<ArrayBuffer>;
      this.scope.device.queue.writeTexture({ texture }, data, { bytesPerRow: 4 * width }, [width, height]);
      this.plate.pixels = pixels;
    }
    return texture;
  }
}
