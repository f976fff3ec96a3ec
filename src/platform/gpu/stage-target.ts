import type { Size } from '../../core/geometry.ts';

/** What the renderer draws on. */
export interface StageTarget {
  readonly format: GPUTextureFormat;
  /** Sets the size in device pixels; called before the first view and whenever the stage changes. */
  resize(size: Size): void;
  /** The texture of this frame. */
  view(): GPUTextureView;
}

/** The page's canvas, drawn by the worker. */
export class CanvasTarget implements StageTarget {
  readonly format: GPUTextureFormat;
  private readonly context: GPUCanvasContext;

  constructor(
    device: GPUDevice,
    private readonly canvas: OffscreenCanvas,
  ) {
    // Null only where the canvas already has a context of another kind, which this project never makes.
    this.context = canvas.getContext('webgpu')!;
    this.format = navigator.gpu.getPreferredCanvasFormat();
    this.context.configure({ device, format: this.format, alphaMode: 'opaque' });
  }

  resize({ width, height }: Size): void {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  view(): GPUTextureView {
    return this.context.getCurrentTexture().createView();
  }
}

/** A texture of its own, readable: for tests and pictures without a canvas. */
export class TextureTarget implements StageTarget {
  readonly format = 'rgba8unorm';
  texture: GPUTexture | null = null;

  constructor(private readonly device: GPUDevice) {}

  resize({ width, height }: Size): void {
    if (this.texture?.width === width && this.texture.height === height) return;
    this.texture?.destroy();
    this.texture = this.device.createTexture({
      label: 'stage',
      size: [width, height],
      format: this.format,
      usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
    });
  }

  view(): GPUTextureView {
    if (!this.texture) throw new Error('The stage has no size yet.');
    return this.texture.createView();
  }
}
