import type { Rect } from '../../../../core/geometry.ts';
import { sourceOfPixels } from '../../../../matching/full-size/pixel-source.ts';
import type { PixelSource } from '../../../../matching/full-size/tiles.ts';
import type { Photo } from '../../../../matching/photos/photo.ts';
import { canvasTellsTruth } from '../../../../platform/canvas.ts';

/**
 * A photo's pixels at the file's own resolution, part by part; where the photo was reduced on opening, its file is decoded anew.
 * Where this browser hides canvases the working size must do.
 */
export async function openPhotoPixels(photo: Photo, file: Blob): Promise<PixelSource & { close(): void }> {
  if (!canvasTellsTruth()) return { ...sourceOfPixels(photo.pixels()), close: () => {} };
  const isWhole = photo.info.workingSize.width === photo.size.width;
  const bitmap = isWhole ? photo.image : await createImageBitmap(file, { imageOrientation: 'from-image' });
  const read = async ({ x, y, width, height }: Rect, scale: number) => {
    const size = [width, height].map((side) => Math.max(1, Math.round(side / scale)));
    const context = new OffscreenCanvas(size[0], size[1]).getContext('2d', { willReadFrequently: true })!;
    // Transparent parts are on white, as everywhere.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, size[0], size[1]);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, x, y, width, height, 0, 0, size[0], size[1]);
    const { data } = context.getImageData(0, 0, size[0], size[1]);
    return { data: data as Uint8ClampedArray, width: size[0], height: size[1] };
  };
  return {
    size: { width: bitmap.width, height: bitmap.height },
    read,
    close: () => {
      if (!isWhole) bitmap.close();
    },
  };
}
