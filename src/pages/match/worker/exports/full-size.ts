import { PIXEL_CONVENTION } from '../../../../core/coordinates.ts';
import { CodedError, throwIfAborted } from '../../../../core/errors.ts';
import type { Rect, Side, Size } from '../../../../core/geometry.ts';
import type { DenseField } from '../../../../core/match.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import type { ExportRun, FullSizeDescription } from '../../../../exports/export-format.ts';
import type { FullSizeEncoding, FullSizeSettings } from '../../../../exports/full-size-settings.ts';
import { PngStream } from '../../../../formats/images/png-stream.ts';
import { laidOn, panorama, type StripPicture } from '../../../../matching/full-size/pictures.ts';
import type { PixelSource } from '../../../../matching/full-size/tiles.ts';
import { alignedCanvas } from '../geometry/canvas.ts';

/** Pixels of a picture at most: a hundred megapixels. */
export const MAX_FULL_SIZE_PIXELS = 100e6;
/** A JPEG is drawn on a canvas first, and no browser's is larger. */
const MAX_JPEG_SIDE = 16_384;
const JPEG_QUALITY = 0.94;

export interface FullSizeSource {
  names: Record<Side, string>;
  sizes: Record<Side, Size>;
  readField(side: Side): Promise<DenseField>;
  /** From A's pixels to B's; null where no plane explains the matches. */
  readHomography(): Promise<Matrix3 | null>;
  /** Opened when needed, and closed with the picture. */
  openPixels(side: Side): Promise<PixelSource & { close(): void }>;
}

/**
 * One of the pictures at the photos' own resolution, tile by tile.
 * @throws CodedError `full-size-no-plane` (a panorama without homography), `export-too-large`, `cancelled`
 */
export async function drawFullSize(
  { picture, encoding }: FullSizeSettings,
  { threshold, cycleLimit }: { threshold: number; cycleLimit: number },
  source: FullSizeSource,
  { signal, onProgress }: ExportRun,
): Promise<{ blob: Blob; description: FullSizeDescription }> {
  const side: Side = picture === 'a-on-b' ? 'b' : 'a';
  const isPanorama = picture === 'panorama' || picture === 'panorama-match';
  const { sizes, names } = source;
  const homography = isPanorama ? await source.readHomography() : null;
  if (isPanorama && !homography) {
    throw new CodedError(
      'full-size-no-plane',
      'A panorama needs a homography, and no plane (or mere turn) explains these matches.',
      'Choose “B on A”: the dense match needs no plane.',
    );
  }
  const canvas = homography ? wholePixels(alignedCanvas(homography, sizes)) : { x: 0, y: 0, ...sizes[side] };
  checkSize(canvas, encoding);
  const opened = { a: await source.openPixels('a'), b: await source.openPixels('b') };
  try {
    const scene = { sizes, sources: opened, field: await source.readField(side), threshold, cycleLimit };
    const drawn = homography ? panorama(scene, homography, canvas, picture === 'panorama-match') : laidOn(side, scene);
    const description = describe({ picture, encoding }, drawn.size, canvas, {
      homography,
      names,
      sizes,
      threshold,
      cycleLimit,
    });
    const encode = encoding === 'png' ? asPng : asJpeg;
    return { blob: await encode(drawn, asciiJson(description), signal, onProgress), description };
  } finally {
    opened.a.close();
    opened.b.close();
  }
}

const wholePixels = ({ x, y, width, height }: Rect): Rect => {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return { x: left, y: top, width: Math.ceil(x + width) - left, height: Math.ceil(y + height) - top };
};

function checkSize({ width, height }: Size, encoding: FullSizeEncoding): void {
  const isTooLong = encoding === 'jpeg' && Math.max(width, height) > MAX_JPEG_SIDE;
  if (width * height <= MAX_FULL_SIZE_PIXELS && !isTooLong) return;
  throw new CodedError(
    'export-too-large',
    `The picture would have ${width} × ${height} pixels.`,
    isTooLong ? 'Choose PNG, or “B on A”.' : 'Choose “B on A”, or smaller photos.',
  );
}

type Facts = {
  homography: Matrix3 | null;
  names: Record<Side, string>;
  sizes: Record<Side, Size>;
  threshold: number;
  cycleLimit: number;
};

function describe({ picture }: FullSizeSettings, size: Size, canvas: Rect, facts: Facts): FullSizeDescription {
  const { homography, names, sizes, threshold, cycleLimit } = facts;
  const rows = (m: Matrix3) => [m.slice(0, 3), m.slice(3, 6), m.slice(6, 9)];
  const text = {
    'b-on-a': 'A pixel is the pixel of A at the same place; its colour is B’s where the match leads.',
    'a-on-b': 'A pixel is the pixel of B at the same place; its colour is A’s where the match leads.',
    panorama: `A’s pixel (x, y) is at (x + ${-canvas.x}, y + ${-canvas.y}); B is laid there by the homography.`,
    'panorama-match': `A’s pixel (x, y) is at (x + ${-canvas.x}, y + ${-canvas.y}); B is laid there by the match on A, by the homography beyond.`,
  }[picture];
  return {
    picture,
    size,
    transform: text,
    coordinates: PIXEL_CONVENTION,
    /** Of the picture's first pixel. */
    origin: { photo: picture === 'a-on-b' ? 'b' : 'a', x: canvas.x, y: canvas.y },
    homography_a_to_b: homography && rows(homography),
    certainty_from: threshold,
    cycle_error_up_to: cycleLimit || null,
    alpha: homography ? 'opaque where either photo is' : 'opaque where the match is certain enough, with a soft edge',
    photos: { a: { name: names.a, ...sizes.a }, b: { name: names.b, ...sizes.b } },
  };
}

/** A file's remark may hold nothing but ASCII. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

async function asPng(
  drawn: StripPicture,
  text: string,
  signal?: AbortSignal,
  onProgress?: (share: number) => void,
): Promise<Blob> {
  const png = new PngStream(drawn.size, text);
  let rows = 0;
  try {
    for await (const strip of drawn.strips(signal)) {
      await png.write(strip.data);
      rows += strip.rows;
      onProgress?.(rows / drawn.size.height);
      await aMoment();
    }
    return await png.finish();
  } catch (error) {
    await png.abort();
    throw error;
  }
}

async function asJpeg(
  drawn: StripPicture,
  text: string,
  signal?: AbortSignal,
  onProgress?: (share: number) => void,
): Promise<Blob> {
  const { width, height } = drawn.size;
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
  if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
  let top = 0;
  for await (const { rows, data } of drawn.strips(signal)) {
    // On white: a JPEG has no transparency.
    for (let i = 0; i < data.length; i += 4) {
      const alpha = data[i + 3] / 255;
      for (let c = 0; c < 3; c++) data[i + c] = data[i + c] * alpha + 255 * (1 - alpha);
      data[i + 3] = 255;
    }
    context.putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, rows), 0, top);
    top += rows;
    onProgress?.(top / height);
    await aMoment();
  }
  throwIfAborted(signal);
  const blob = await context.canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
  return withComment(blob, text);
}

/** A JPEG's comment segment, behind its first two bytes. */
function withComment(jpeg: Blob, text: string): Blob {
  const bytes = new TextEncoder().encode(text.slice(0, 60_000));
  const length = bytes.length + 2;
  const segment = Uint8Array.of(0xff, 0xfe, length >> 8, length & 255, ...bytes);
  return new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: 'image/jpeg' });
}

/** Lets a cancellation in. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 0));
