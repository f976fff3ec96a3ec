import { ApngWriter } from '../../../../../formats/images/apng-writer.ts';
import { GIF_COLORS, GifWriter } from '../../../../../formats/images/gif-writer.ts';
import { PaletteBuilder } from '../../../../../formats/images/palette.ts';
import {
  type AnimationFormat,
  type AnimationSettings,
  animationSteps,
} from '../../../../../exports/animation-settings.ts';
import { CodedError, throwIfAborted } from '../../../../../core/errors.ts';
import type { Size } from '../../../../../core/geometry.ts';
import { encodeWebm } from './encode-webm.ts';
import type { Film, FrameSource } from './frame-source.ts';

/** Pixels of all frames together: some seconds of work for a graphics card, a minute or two without. */
const MAX_PIXELS = 200e6;
/** Frames that the colours of a GIF are taken from: the ends and places on the way. */
const PALETTE_AMOUNTS = [0, 0.25, 0.5, 0.75, 1];

/** Encodes all frames of an animation; `frames` gives each, drawn, in order. */
type Encoder = (film: Film) => Promise<Blob>;

const ENCODERS: Record<AnimationFormat, Encoder> = {
  async gif({ size, settings, draw, frames }) {
    const builder = new PaletteBuilder();
    for (const amount of PALETTE_AMOUNTS) builder.add(await draw(amount));
    const writer = new GifWriter({ ...size, palette: builder.build(GIF_COLORS), loops: settings.loops });
    for await (const { pixels, duration } of frames()) writer.add(pixels, duration);
    return writer.finish();
  },
  async apng({ size, steps, settings, frames }) {
    const writer = new ApngWriter({ ...size, frames: steps.length, loops: settings.loops });
    for await (const { pixels, duration } of frames()) await writer.add(pixels, duration);
    return writer.finish();
  },
  webm: encodeWebm,
};

/** A's shape with its longer side as wished, both sides even: video codecs want that. */
export function frameSize(photo: Size, longSide: number): Size {
  const scale = longSide / Math.max(photo.width, photo.height);
  const even = (length: number) => Math.max(2, 2 * Math.round((length * scale) / 2));
  return { width: even(photo.width), height: even(photo.height) };
}

/**
 * Draws and encodes an animation, a frame at a time. Progress is the share of frames done.
 * Throws `animation-too-large`, `animation-no-webm`, `cancelled`.
 */
export async function animate(
  settings: AnimationSettings,
  size: Size,
  source: FrameSource,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (share: number) => void },
): Promise<Blob> {
  const steps = animationSteps(settings);
  if (steps.length * size.width * size.height > MAX_PIXELS) {
    throw new CodedError(
      'animation-too-large',
      `${steps.length} frames of ${size.width} × ${size.height} pixels are too many for a browser.`,
      'Choose a smaller size, fewer frames a second or a shorter time.',
    );
  }
  const frames = async function* () {
    for (const [i, { amount, duration }] of steps.entries()) {
      throwIfAborted(signal);
      onProgress?.(i / steps.length);
      yield { pixels: await source.draw(amount), duration };
    }
  };
  return ENCODERS[settings.format]({ size, steps, settings, frames, draw: (amount) => source.draw(amount) });
}
