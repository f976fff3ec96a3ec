import type { GridPicture } from '../contract.ts';
import type { Size } from '../../../core/geometry.ts';

/** Records what is drawn on a target of the grid's size, a pixel for every place. */
export type DrawGrid = (encoder: GPUCommandEncoder, target: GPUTextureView) => void;

/** Makes pictures of what GPU passes draw. */
export interface PictureTarget {
  readonly format: GPUTextureFormat;
  picture(grid: Size, draw: DrawGrid): GridPicture | Promise<GridPicture>;
}

/** Pictures as bitmaps: their pixels go from the GPU to the page's canvases without this code reading them. */
export class BitmapTarget implements PictureTarget {
  private constructor(
    private readonly device: GPUDevice,
    private readonly canvas: OffscreenCanvas,
    private readonly context: GPUCanvasContext,
    readonly format: GPUTextureFormat,
  ) {}

  /** null where the browser has WebGPU in a worker but no canvas for it. */
  static open(device: GPUDevice): BitmapTarget | null {
    if (typeof OffscreenCanvas === 'undefined') return null;
    const canvas = new OffscreenCanvas(1, 1);
    const context = canvas.getContext('webgpu');
    if (!context) return null;
    const format = navigator.gpu.getPreferredCanvasFormat();
    // Places that are masked out are clear.
    context.configure({ device, format, alphaMode: 'premultiplied' });
    return new BitmapTarget(device, canvas, context, format);
  }

  /** Without a pause, so that two callers never draw on the canvas at once. The caller closes the bitmap. */
  picture(grid: Size, draw: DrawGrid): GridPicture {
    if (this.canvas.width !== grid.width) this.canvas.width = grid.width;
    if (this.canvas.height !== grid.height) this.canvas.height = grid.height;
    const encoder = this.device.createCommandEncoder({ label: 'picture' });
    draw(encoder, this.context.getCurrentTexture().createView());
    this.device.queue.submit([encoder.finish()]);
    return { grid, bitmap: this.canvas.transferToImageBitmap() };
  }
}
