import type { Pixels } from '../../compute/preprocess/cpu.ts';
import { takesBitmaps } from '../../platform/gpu/read-texture.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { CodedError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import type { PhotoMask } from '../../core/mask.ts';
import type { PhotoInfo } from '../../core/match.ts';
import { canvasBlocked, canvasTellsTruth } from '../../platform/canvas.ts';
import { averaged } from './averaged.ts';
import type { OpenedPhoto } from './open-photo.ts';
import type { CpuPhoto } from '../backend/cpu-backend.ts';
import type { GpuPhoto } from '../backend/gpu-backend.ts';

let photosOpened = 0;

/** A photo that was opened: its bitmap, and from it the texture and the pixels, each made when first asked for. */
export class Photo implements CpuPhoto, GpuPhoto {
  readonly key = `photo-${++photosOpened}`;
  /** Of the file: pixel coordinates and cycle errors are told in these, whatever the working size. */
  readonly size: Size;
  private readonly working: Size;
  private readonly scope: Scope | null;
  private gpuTexture: GPUTexture | null = null;
  private cpuPixels: Pixels | null = null;

  /** What counts of it; null: all. A match knows of it from when it is made or told. */
  mask: PhotoMask | null = null;
  readonly info: PhotoInfo;
  private readonly bitmap: ImageBitmap;

  /** Takes the bitmap over. `root`: the device's scope, null without WebGPU. */
  constructor({ bitmap, info, hidden }: OpenedPhoto, root: Scope | null) {
    this.bitmap = bitmap;
    this.info = info;
    if (hidden) this.cpuPixels = { data: hidden, ...info.workingSize };
    this.size = info.size;
    this.working = info.workingSize;
    this.scope = root?.child(this.key) ?? null;
  }

  /** The upright picture at its working size, for 2D canvases. */
  get image(): ImageBitmap {
    return this.bitmap;
  }

  /** The picture with no side above `longSide`, read as {@link pixels} is. */
  pixelsWithin(longSide: number): Pixels {
    const scale = Math.min(1, longSide / Math.max(this.bitmap.width, this.bitmap.height));
    const width = Math.max(1, Math.round(this.bitmap.width * scale));
    const height = Math.max(1, Math.round(this.bitmap.height * scale));
    if (!canvasTellsTruth()) return averaged(this.pixels(), { width, height });
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context)
      throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.bitmap, 0, 0, width, height);
    return { data: context.getImageData(0, 0, width, height).data as Uint8ClampedArray, width, height };
  }

  texture(): GPUTexture {
    if (!this.scope) throw new Error('A texture was asked for without a device.');
    if (!this.gpuTexture) {
      const { width, height } = this.working;
      const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
      this.gpuTexture = this.scope.texture('photo', { size: [width, height], format: 'rgba8unorm', usage });
      const { queue } = this.scope.device;
      const [target, size] = [{ texture: this.gpuTexture }, [width, height]];
      if (takesBitmaps(this.scope.device)) queue.copyExternalImageToTexture({ source: this.bitmap }, target, size);
      else queue.writeTexture(target, this.pixels().data as BufferSource, { bytesPerRow: 4 * width }, size);
    }
    return this.gpuTexture;
  }

  pixels(): Pixels {
    if (!this.cpuPixels) {
      const { width, height } = this.working;
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      if (!context)
        throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
      if (!canvasTellsTruth()) throw canvasBlocked();
      context.drawImage(this.bitmap, 0, 0);
      this.cpuPixels = { data: context.getImageData(0, 0, width, height).data as Uint8ClampedArray, width, height };
    }
    return this.cpuPixels;
  }

  close(): void {
    this.bitmap.close();
    this.scope?.destroy();
    this.cpuPixels = null;
  }
}
