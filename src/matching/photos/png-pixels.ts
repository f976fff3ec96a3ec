import type { Pixels } from '../../compute/preprocess/cpu.ts';
import { readPng } from '../../formats/images/png-reader.ts';

/**
 * A PNG's pixels on white, 8 bits a channel, by our own reader: where a browser hides what is on its canvases and has no
 * other way, PNG files can be matched all the same. Colour profiles are not applied.
 *
 * @throws CodedError `png-malformed`, `limit-exceeded`
 */
export async function pngPixels(file: Blob): Promise<Pixels> {
  const { size, channels, bitDepth, samples } = await readPng(new Uint8Array(await file.arrayBuffer()));
  const data = new Uint8ClampedArray(4 * size.width * size.height);
  const full = 2 ** bitDepth - 1;
  const hasAlpha = channels === 2 || channels === 4;
  const colours = hasAlpha ? channels - 1 : channels;
  for (let i = 0; i < size.width * size.height; i++) {
    const at = i * channels;
    const alpha = hasAlpha ? samples[at + channels - 1] / full : 1;
    for (let c = 0; c < 3; c++) {
      const value = samples[at + (colours === 3 ? c : 0)] / full;
      data[4 * i + c] = 255 * (alpha * value + 1 - alpha);
    }
    data[4 * i + 3] = 255;
  }
  return { data, ...size };
}
