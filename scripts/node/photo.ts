import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import type { CpuPhoto } from '../../src/matching/backend/cpu-backend.ts';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { focalInPixels, readImageHeader } from '../../src/formats/images/image-header.ts';
import { CodedError } from '../../src/core/errors.ts';
import type { Size } from '../../src/core/geometry.ts';
import type { PhotoMask } from '../../src/core/mask.ts';
import { maskForPhoto, maskUnreadable, pngRgba } from '../../src/matching/photos/mask-file.ts';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import { upright } from './upright.ts';

/** A JPEG or PNG file as the engine's CPU backend takes it: upright by its EXIF orientation. */
export class FilePhoto implements CpuPhoto {
  readonly size: Size;
  mask: PhotoMask | null = null;

  private constructor(
    readonly key: string,
    private readonly decoded: Pixels,
  ) {
    this.size = { width: decoded.width, height: decoded.height };
  }

  /** @throws CodedError `file-missing`, `photo-unsupported`, `photo-undecodable` */
  static async open(path: string): Promise<FilePhoto> {
    return FilePhoto.decode(read(path), path);
  }

  /** The same of a file's bytes. `name`: what messages call it, and what its features are kept under. */
  static async decode(bytes: Buffer, name: string): Promise<FilePhoto> {
    const { raster } = await readImageHeader(bytesSource(bytes));
    return new FilePhoto(name, upright(decode(bytes, name), raster?.orientation ?? 1));
  }

  /** A picture that is there already. */
  static of(pixels: Pixels, name: string): FilePhoto {
    return new FilePhoto(name, pixels);
  }

  /** Leaves out what this picture leaves out. @throws CodedError `file-missing`, `mask-unreadable`, `mask-shape`, `mask-empty` */
  async setMask(path: string): Promise<void> {
    const bytes = read(path);
    const name = basename(path);
    let picture: Pixels;
    try {
      picture = (await pngRgba(bytes)) ?? (await FilePhoto.open(path)).pixels();
    } catch (cause) {
      throw maskUnreadable(name, cause);
    }
    this.mask = maskForPhoto(picture, this.size, name);
  }

  pixels(): Pixels {
    return this.decoded;
  }

  /** The same photo with another size. */
  resized(size: Size, by: (pixels: Pixels, size: Size) => Pixels): FilePhoto {
    if (size.width === this.size.width && size.height === this.size.height) return this;
    return new FilePhoto(`${this.key} ${size.width}x${size.height}`, by(this.decoded, size));
  }
}

/** The focal length that a photo's EXIF tells, in its pixels; null where it tells none. */
export async function focalOf(file: string | Buffer): Promise<number | null> {
  const { raster } = await readImageHeader(bytesSource(typeof file === 'string' ? read(file) : file));
  return raster?.size ? focalInPixels(raster.lens ?? null, raster.size) : null;
}

/** @throws CodedError `file-missing` */
export function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CodedError('file-missing', `${path} cannot be read.`, 'Check its name.', { cause });
  }
}

function decode(bytes: Buffer, path: string): Pixels {
  try {
    return decodeKnown(bytes, path);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    // Decoders say what they met, not in which file.
    const because = cause instanceof Error ? ` (${cause.message})` : '';
    const message = `${basename(path)} is damaged or incomplete${because}.`;
    throw new CodedError('photo-undecodable', message, 'Fetch the file again.', { cause });
  }
}

function decodeKnown(bytes: Buffer, path: string): Pixels {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const { data, width, height } = decodeJpeg(bytes, {
      useTArray: true,
      maxMemoryUsageInMB: 2048,
      maxResolutionInMP: 200,
    });
    return { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width, height };
  }
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') {
    const { data, width, height } = PNG.sync.read(bytes);
    return { data: new Uint8ClampedArray(data), width, height };
  }
  throw new CodedError('photo-unsupported', `${path} is neither JPEG nor PNG.`, 'Convert it to one of them.');
}
