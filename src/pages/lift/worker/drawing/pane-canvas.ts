import { CodedError } from '../../../../core/errors.ts';
import type { Rect, Size } from '../../../../core/geometry.ts';

/** Where a picture lies on a canvas that shows all of it: in the middle, as large as it fits. */
export function containRect(canvas: Size, picture: Size): Rect {
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { x: (canvas.width - width) / 2, y: (canvas.height - height) / 2, width, height };
}

/** A pane without WebGPU: a picture in ordinary memory, scaled by the browser's 2D canvas. */
export class PaneCanvas {
  private readonly context: OffscreenCanvasRenderingContext2D;
  private source: OffscreenCanvas | null = null;

  constructor(private readonly canvas: OffscreenCanvas) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and reload.');
    this.context = context;
  }

  resize({ width, height }: Size): void {
    this.canvas.width = Math.max(1, Math.round(width));
    this.canvas.height = Math.max(1, Math.round(height));
  }

  /** Clears to `ground` (0…1) and draws the RGBA picture, if any. */
  draw(picture: { data: Uint8ClampedArray<ArrayBuffer>; size: Size } | null, ground: readonly number[]): void {
    const { context, canvas } = this;
    context.fillStyle = `rgb(${ground
      .slice(0, 3)
      .map((c) => Math.round(255 * c))
      .join(' ')})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (!picture) return;
    const { size } = picture;
    if (this.source?.width !== size.width || this.source.height !== size.height) {
      this.source = new OffscreenCanvas(size.width, size.height);
    }
    this.source.getContext('2d')!.putImageData(new ImageData(picture.data, size.width, size.height), 0, 0);
    const rect = containRect(canvas, size);
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.source, rect.x, rect.y, rect.width, rect.height);
  }
}
