import { CodedError } from '../core/errors.ts';

/**
 * Whether what a 2D canvas holds can be read. Some browsers hide it against fingerprinting (Firefox's
 * `privacy.resistFingerprinting`, Tor, Brave): they hand out white, or noise, without a word. Told once, by painting a known
 * picture and reading it where photos would be read.
 */
export const canvasTellsTruth = (): boolean => (honest ??= tellsTruth());
let honest: boolean | null = null;

const SIDE = 4;

/** Sixteen colours, none of them white, black or like its neighbours. */
const known = (i: number): [red: number, green: number, blue: number] => [
  (37 * i + 11) % 256,
  (91 * i + 67) % 256,
  (151 * i + 29) % 256,
];

/** Noise in the lowest bits changes no match; anything more is not the picture. */
const TOLERANCE = 3;

/** The known picture on a canvas; null where the browser gives none. */
function paintKnown(): { canvas: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D } | null {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  for (let i = 0; i < SIDE * SIDE; i++) {
    context.fillStyle = `rgb(${known(i).join(' ')})`;
    context.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1);
  }
  return { canvas, context };
}

const isKnown = (data: ArrayLike<number>): boolean =>
  Array.from({ length: SIDE * SIDE }, (_, i) => known(i)).every((color, i) =>
    color.every((value, c) => Math.abs(data[4 * i + c] - value) <= TOLERANCE),
  );

function tellsTruth(): boolean {
  // Without canvases (Node) nothing is read from them.
  if (typeof OffscreenCanvas === 'undefined') return true;
  const painted = paintKnown();
  return painted !== null && isKnown(painted.context.getImageData(0, 0, SIDE, SIDE).data);
}

/**
 * Reads a bitmap's RGBA bytes without a 2D canvas; null where this way does not exist here. `ownsFile`: it reads the file
 * that the bitmap is from and asks the browser nothing, so that it need not be tried on the known picture.
 */
export type BitmapReader = ((bitmap: ImageBitmap) => Promise<Uint8ClampedArray<ArrayBuffer> | null>) & {
  ownsFile?: boolean;
};

/** Whether a way of reading gets the known picture right; null where none can be painted. */
export async function readsKnown(read: BitmapReader): Promise<boolean | null> {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const sample = paintKnown()?.canvas.transferToImageBitmap() ?? null;
  try {
    if (!sample) return null;
    const seen = await read(sample);
    return Boolean(seen && isKnown(seen));
  } finally {
    sample?.close();
  }
}

/** By WebCodecs, which copies what was decoded. */
const byVideoFrame: BitmapReader = async (bitmap) => {
  if (typeof VideoFrame === 'undefined') return null;
  const frame = new VideoFrame(bitmap, { timestamp: 0, alpha: 'discard' });
  try {
    const options = { format: 'RGBA' } as VideoFrameCopyToOptions;
    const data = new Uint8ClampedArray(frame.allocationSize(options));
    await frame.copyTo(data, options);
    for (let i = 3; i < data.length; i += 4) data[i] = 255;
    return data.length === 4 * bitmap.width * bitmap.height ? data : null;
  } finally {
    frame.close();
  }
};

/**
 * A bitmap's RGBA bytes where the canvas hides them: by the first way of reading that gets the known picture right.
 *
 * @param others ways that the caller has besides WebCodecs, such as the GPU's
 * @throws CodedError `canvas-blocked` where there is none
 */
async function readHiddenPixels(
  bitmap: ImageBitmap,
  others: readonly BitmapReader[] = [],
): Promise<Uint8ClampedArray<ArrayBuffer>> {
  for (const read of [byVideoFrame, ...others]) {
    try {
      if (!read.ownsFile && !(await readsKnown(read))) continue;
      const data = await read(bitmap);
      if (data) return data;
    } catch {
      // A way that this browser does not go; the next may be open.
    }
  }
  throw canvasBlocked();
}

/** RGBA of a bitmap where the canvas hides it, as {@link readHiddenPixels}; null where the canvas tells the truth. */
export const hiddenPixels = async (
  bitmap: ImageBitmap,
  others: readonly BitmapReader[] = [],
): Promise<Uint8ClampedArray<ArrayBuffer> | null> => (canvasTellsTruth() ? null : readHiddenPixels(bitmap, others));

/** What to tell the person where no way of reading a photo is open. */
export const canvasBlocked = (): CodedError =>
  new CodedError(
    'canvas-blocked',
    'This browser hides the pixels of pictures from pages, so a match on the processor would compare blanks.',
    'Allow this site to read canvases (in Firefox: the picture icon in the address bar, or privacy.resistFingerprinting; ' +
      'in Brave: Shields, fingerprinting), or use a browser with WebGPU. Then open the photos again.',
  );
