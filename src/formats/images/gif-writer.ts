import type { Size } from '../../core/geometry.ts';
import { PaletteMap } from './palette.ts';

export interface GifOptions extends Size {
  /** Colours of all frames, three bytes each, at most {@link GIF_COLORS}. */
  palette: Uint8Array;
  /** How often it is played; 0: for ever. */
  loops: number;
}

/** Colours that a palette may have: one of the 256 indices means "as in the frame before". */
export const GIF_COLORS = 255;
const UNCHANGED = 255;
const MIN_CODE_SIZE = 8;
const MAX_CODES = 4096;

/**
 * Writes an animated GIF (GIF89a) frame by frame: one palette for all, ordered dither, and pixels that stay as they
 * were left out, so that still places cost nearly nothing.
 * @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export class GifWriter {
  private readonly parts: Uint8Array<ArrayBuffer>[] = [];
  private readonly map: PaletteMap;
  private previous: Uint8Array | null = null;

  constructor(private readonly options: GifOptions) {
    const { width, height, palette, loops } = options;
    if (palette.length > 3 * GIF_COLORS) throw new RangeError(`${palette.length / 3} colours are more than a GIF has`);
    this.map = new PaletteMap(palette);
    const colors = new Uint8Array(3 * 256);
    colors.set(palette);
    this.parts.push(
      ascii('GIF89a'),
      // A global table of 256 colours; no background, no aspect ratio.
      Uint8Array.of(...uint16(width), ...uint16(height), 0xf7, 0, 0),
      colors,
    );
    if (loops !== 1) {
      // Netscape's extension counts repetitions after the first time.
      const repeats = loops === 0 ? 0 : loops - 1;
      this.parts.push(Uint8Array.of(0x21, 0xff, 11), ascii('NETSCAPE2.0'), Uint8Array.of(3, 1, ...uint16(repeats), 0));
    }
  }

  /** @param pixels RGBA bytes of the whole picture @param duration milliseconds */
  add(pixels: Uint8Array | Uint8ClampedArray, duration: number): void {
    const { width, height } = this.options;
    const indices = this.map.indices(pixels, width);
    const shown = this.previous
      ? indices.map((index, i) => (index === this.previous![i] ? UNCHANGED : index))
      : indices;
    this.previous = indices;
    this.parts.push(
      // The frame stays in place (1 << 2), and one index is transparent.
      Uint8Array.of(0x21, 0xf9, 4, (1 << 2) | 1, ...uint16(Math.round(duration / 10)), UNCHANGED, 0),
      Uint8Array.of(0x2c, 0, 0, 0, 0, ...uint16(width), ...uint16(height), 0, MIN_CODE_SIZE),
      blocks(lzw(shown)),
    );
  }

  finish(): Blob {
    return new Blob([...this.parts, Uint8Array.of(0x3b)], { type: 'image/gif' });
  }
}

/** Lempel-Ziv-Welch with codes of 9 to 12 bits, as GIF packs them: the lowest bit first. */
function lzw(indices: Uint8Array): Uint8Array {
  const clear = 1 << MIN_CODE_SIZE;
  const end = clear + 1;
  // What a code followed by an index is called; 0: not yet.
  const table = new Uint16Array(MAX_CODES * 256);
  const out = new BitWriter(indices.length);
  let next = end + 1;
  let width = MIN_CODE_SIZE + 1;
  out.write(clear, width);
  let prefix = indices[0];
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i];
    const known = table[(prefix << 8) | index];
    if (known) {
      prefix = known;
      continue;
    }
    out.write(prefix, width);
    if (next < MAX_CODES) {
      table[(prefix << 8) | index] = next;
      // Readers are one entry behind: the code that needs another bit is written after it.
      if (next === 1 << width) width++;
      next++;
    } else {
      out.write(clear, width);
      table.fill(0);
      next = end + 1;
      width = MIN_CODE_SIZE + 1;
    }
    prefix = index;
  }
  out.write(prefix, width);
  out.write(end, width);
  return out.bytes();
}

class BitWriter {
  private buffer: Uint8Array;
  private length = 0;
  private bits = 0;
  private count = 0;

  constructor(expected: number) {
    this.buffer = new Uint8Array(expected + 16);
  }

  write(code: number, width: number): void {
    this.bits |= code << this.count;
    this.count += width;
    while (this.count >= 8) this.flush();
  }

  bytes(): Uint8Array {
    if (this.count > 0) this.flush();
    return this.buffer.subarray(0, this.length);
  }

  private flush(): void {
    if (this.length === this.buffer.length) {
      const grown = new Uint8Array(2 * this.length);
      grown.set(this.buffer);
      this.buffer = grown;
    }
    this.buffer[this.length++] = this.bits & 255;
    this.bits >>>= 8;
    this.count -= 8;
  }
}

/** Data in blocks of at most 255 bytes, each after its length, and an empty one. */
function blocks(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const count = Math.ceil(data.length / 255);
  const out = new Uint8Array(data.length + count + 1);
  for (let block = 0, at = 0; block < count; block++) {
    const part = data.subarray(block * 255, (block + 1) * 255);
    out[at] = part.length;
    out.set(part, at + 1);
    at += part.length + 1;
  }
  return out;
}

const ascii = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const uint16 = (value: number): [number, number] => [value & 255, value >> 8];
