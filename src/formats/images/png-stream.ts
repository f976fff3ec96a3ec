import type { Size } from '../../core/geometry.ts';
import { pngChunk, PNG_SIGNATURE, pngHeader } from './png-writer.ts';

/** Compressed bytes in one chunk. */
const CHUNK = 2 ** 16;

/**
 * An 8-bit RGBA PNG written row by row, so that neither the picture nor its file is ever held uncompressed: rows go through
 * deflate as they come. Rows are filtered by *Up*.
 */
export class PngStream {
  private readonly parts: Uint8Array<ArrayBuffer>[] = [];
  private readonly deflate = new CompressionStream('deflate');
  private readonly writer: WritableStreamDefaultWriter<BufferSource>;
  private readonly compressed: Promise<void>;
  private above: Uint8Array;
  private rows = 0;

  /** @param text a remark in the file (`Description`): ASCII */
  constructor(
    private readonly size: Size,
    text: string,
  ) {
    this.writer = this.deflate.writable.getWriter();
    this.above = new Uint8Array(4 * size.width);
    const samples = new Uint8Array(0);
    this.parts.push(PNG_SIGNATURE.slice(), chunk('IHDR', pngHeader({ ...size, channels: 4, samples })));
    this.parts.push(chunk('tEXt', new TextEncoder().encode(`Description\0${text}`)));
    this.compressed = this.gather();
  }

  /** Whole rows of RGBA bytes. */
  async write(data: Uint8ClampedArray): Promise<void> {
    const stride = 4 * this.size.width;
    const count = data.length / stride;
    const filtered = new Uint8Array((stride + 1) * count);
    for (let row = 0; row < count; row++) {
      const current = data.subarray(row * stride, (row + 1) * stride);
      const at = row * (stride + 1);
      filtered[at] = 2;
      for (let i = 0; i < stride; i++) filtered[at + 1 + i] = current[i] - this.above[i];
      this.above = new Uint8Array(current);
    }
    this.rows += count;
    await this.writer.write(filtered);
  }

  /** The file. Throws a RangeError where rows are missing or too many. */
  async finish(): Promise<Blob> {
    if (this.rows !== this.size.height) throw new RangeError(`${this.rows} rows of ${this.size.height} were written`);
    await this.writer.close();
    await this.compressed;
    return new Blob([...this.parts, chunk('IEND', new Uint8Array(0))], { type: 'image/png' });
  }

  /** Gives it up. */
  async abort(): Promise<void> {
    await this.writer.abort().catch(() => undefined);
    await this.compressed.catch(() => undefined);
  }

  private async gather(): Promise<void> {
    const reader = this.deflate.readable.getReader();
    let held: Uint8Array[] = [];
    let bytes = 0;
    const flush = () => {
      const data = new Uint8Array(bytes);
      let at = 0;
      for (const one of held) {
        data.set(one, at);
        at += one.length;
      }
      this.parts.push(chunk('IDAT', data));
      held = [];
      bytes = 0;
    };
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      held.push(value);
      bytes += value.length;
      if (bytes >= CHUNK) flush();
    }
    if (bytes > 0) flush();
  }
}

const chunk = (type: string, data: Uint8Array): Uint8Array<ArrayBuffer> =>
  pngChunk(type, data) as Uint8Array<ArrayBuffer>;
