import { CodedError } from '../../../core/errors.ts';
import type { Size } from '../../../core/geometry.ts';
import { LruCache } from '../../../core/lru-cache.ts';
import { type OpenedPhoto, openPhoto } from '../../../matching/photos/open-photo.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import { gpuReader } from '../../../platform/gpu/read-texture.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';

/** Decoded photos that are open at a time: ten of 12 megapixels. */
const OPEN_BYTES = 512 * 2 ** 20;
/** Longer side of a thumbnail, pixels; two to a CSS pixel. */
const THUMBNAIL = 320;
/** A crop's side, as a share of the photo's longer side, and its pixels. */
const CROP = { share: 0.12, side: 160 } as const;

/** A photo of the set: its features are known by its id, also when it was closed in between. */
class SetPhoto extends Photo {
  override readonly key: string;

  constructor(opened: OpenedPhoto, root: Scope | null, id: string) {
    super(opened, root);
    this.key = id;
  }
}

/** The photos that are open, evicted by least use. */
export class OpenPhotos {
  private readonly cache = new LruCache<SetPhoto>({
    budget: OPEN_BYTES,
    bytesOf: ({ info: { workingSize } }) => 4 * workingSize.width * workingSize.height,
    dispose: (photo) => photo.close(),
  });

  constructor(private readonly root: Scope | null) {}

  /** @throws what every opening of a photo throws */
  open(id: string, file: File): Promise<SetPhoto> {
    const readers = this.root ? [gpuReader(this.root)] : [];
    return this.cache.get(id, async () => {
      return new SetPhoto(await openPhoto(file, file.name, undefined, readers), this.root, id);
    });
  }

  close(id: string): void {
    this.cache.forget(id);
  }

  /** Between jobs. */
  trim(): void {
    this.cache.trim();
  }
}

/** The photo small, for the gallery. */
export function thumbnailOf(photo: Photo): Promise<Blob> {
  const { width, height } = photo.image;
  const scale = Math.min(1, THUMBNAIL / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  return drawn(size, (context) => context.drawImage(photo.image, 0, 0, size.width, size.height));
}

/** The photo around a place (pixels of the file), square, the place in its middle. */
export function cropOf(photo: Photo, x: number, y: number): Promise<Blob> {
  const scale = photo.image.width / photo.size.width;
  const side = CROP.share * Math.max(photo.image.width, photo.image.height);
  return drawn({ width: CROP.side, height: CROP.side }, (context) => {
    context.fillRect(0, 0, CROP.side, CROP.side);
    const zoom = CROP.side / side;
    context.setTransform(zoom, 0, 0, zoom, CROP.side / 2 - x * scale * zoom, CROP.side / 2 - y * scale * zoom);
    context.drawImage(photo.image, 0, 0);
  });
}

function drawn({ width, height }: Size, draw: (context: OffscreenCanvasRenderingContext2D) => void): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
  context.imageSmoothingQuality = 'high';
  draw(context);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}
