import { readFileSync } from 'node:fs';
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import type { CpuPhoto } from '../../src/engine/cpu-backend.ts';
import type { Pixels } from '../../src/gpu/reference/preprocess.ts';

/** A JPEG or PNG file as the engine's CPU backend takes it. EXIF orientation is not applied: test sets have none. */
export class FilePhoto implements CpuPhoto {
  readonly size: { width: number; height: number };
  private readonly decoded: Pixels;

  constructor(readonly key: string) {
    this.decoded = decode(readFileSync(key), key);
    this.size = { width: this.decoded.width, height: this.decoded.height };
  }

  pixels(): Pixels {
    return this.decoded;
  }
}

function decode(bytes: Buffer, path: string): Pixels {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const { data, width, height } = decodeJpeg(bytes, { useTArray: true, maxMemoryUsageInMB: 2048, maxResolutionInMP: 200 });
    return { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width, height };
  }
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') {
    const { data, width, height } = PNG.sync.read(bytes);
    return { data: new Uint8ClampedArray(data), width, height };
  }
  throw new Error(`${path} is neither JPEG nor PNG.`);
}
