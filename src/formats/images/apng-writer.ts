import type { Size } from '../../core/geometry.ts';
import { compressedRows, PNG_SIGNATURE, pngChunk, pngHeader } from './png-writer.ts';

export interface ApngOptions extends Size {
  /** Frames that will be added. */
  frames: number;
  /** How often it is played; 0: for ever. */
  loops: number;
}

/**
 * Writes an animated PNG frame by frame: true colour, lossless. Readers that know no animation show the first frame.
 * @see https://www.w3.org/TR/png-3/#apng-frame-based-animation
 */
export class ApngWriter {
  private readonly parts: Uint8Array<ArrayBuffer>[] = [];
  private sequence = 0;
  private added = 0;

  constructor(private readonly options: ApngOptions) {}

  /** @param pixels RGBA bytes of the whole picture, opaque @param duration milliseconds, below 65.5 s */
  async add(pixels: Uint8Array | Uint8ClampedArray, duration: number): Promise<void> {
    const { width, height, frames, loops } = this.options;
    const picture = { width, height, channels: 3 as const, samples: withoutAlpha(pixels) };
    const data = await compressedRows(picture);
    if (this.added === 0) {
      this.parts.push(PNG_SIGNATURE, chunk('IHDR', pngHeader(picture)), chunk('acTL', uint32s(frames, loops)));
    }
    // Number, size, place, delay as a fraction of a second; the frame stays and replaces what was there.
    const control = new Uint8Array(26);
    control.set(uint32s(this.sequence++, width, height, 0, 0));
    new DataView(control.buffer).setUint16(20, Math.round(duration));
    new DataView(control.buffer).setUint16(22, 1000);
    this.parts.push(chunk('fcTL', control));
    if (this.added === 0) {
      this.parts.push(chunk('IDAT', data));
    } else {
      const numbered = new Uint8Array(4 + data.length);
      numbered.set(uint32s(this.sequence++));
      numbered.set(data, 4);
      this.parts.push(chunk('fdAT', numbered));
    }
    this.added++;
  }

  /** Throws a RangeError if other than the promised number of frames was added. */
  finish(): Blob {
    if (this.added !== this.options.frames) {
      throw new RangeError(`${this.added} frames were added, not the ${this.options.frames} promised`);
    }
    return new Blob([...this.parts, chunk('IEND', new Uint8Array(0))], { type: 'image/png' });
  }
}

const chunk = (type: string, data: Uint8Array) => pngChunk(type, data) as Uint8Array<ArrayBuffer>;

function withoutAlpha(pixels: Uint8Array | Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((pixels.length / 4) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    rgb[to++] = pixels[from];
    rgb[to++] = pixels[from + 1];
    rgb[to++] = pixels[from + 2];
  }
  return rgb;
}

/** Big-endian. */
function uint32s(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setUint32(4 * i, value));
  return new Uint8Array(view.buffer);
}
