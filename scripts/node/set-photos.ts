import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { CodedError } from '../../src/core/errors.ts';
import type { Size } from '../../src/core/geometry.ts';
import { LruCache } from '../../src/core/lru-cache.ts';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { focalInPixels, isTransposed, readImageHeader } from '../../src/formats/images/image-header.ts';
import { FilePhoto } from './photo.ts';

/** A photo of a set: what its file says before it is decoded. */
export interface SetFile {
  path: string;
  name: string;
  /** Upright. */
  size: Size;
  focal: number | null;
  sha256: string;
}

const ENDINGS = ['.jpg', '.jpeg', '.png'];
const byName = new Intl.Collator('en', { numeric: true });
/** Decoded photos that are kept: twenty of 12 megapixels. */
const PIXEL_BYTES = 2 ** 30;

/**
 * The photos of a folder in the order of their names (2 before 10), and what was left out and why.
 * @throws CodedError `file-missing`, `set-too-small`
 */
export async function readSetFolder(folder: string): Promise<{ files: SetFile[]; remarks: string[] }> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CodedError('file-missing', `${folder} is no folder.`, 'Check its name.');
  }
  const files: SetFile[] = [];
  const remarks: string[] = [];
  const names = readdirSync(folder).sort(byName.compare);
  for (const name of names) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    if (!ENDINGS.includes(extname(name).toLowerCase())) {
      remarks.push(`${name} is left out: neither JPEG nor PNG.`);
      continue;
    }
    const bytes = readFileSync(path);
    try {
      const { raster } = await readImageHeader(bytesSource(bytes));
      if (!raster?.size) throw new CodedError('photo-undecodable', 'its header tells no size.');
      const { width, height } = raster.size;
      const size = isTransposed(raster.orientation) ? { width: height, height: width } : { width, height };
      const focal = focalInPixels(raster.lens ?? null, raster.size);
      files.push({ path, name, size, focal, sha256: createHash('sha256').update(bytes).digest('hex') });
    } catch (thrown) {
      remarks.push(`${name} is left out: ${(thrown as Error).message}`);
    }
  }
  for (const [i, { name, sha256 }] of files.entries()) {
    const twin = files.findIndex((other) => other.sha256 === sha256);
    if (twin < i) remarks.push(`${name} is the same file as ${files[twin].name}.`);
  }
  if (files.length < 2) {
    const why = remarks.length ? ` ${remarks[0]}` : '';
    throw new CodedError('set-too-small', `${basename(folder)} holds fewer than two photos.${why}`, 'Add photos.');
  }
  return { files, remarks };
}

/** Decoded photos, evicted by least use. */
export class PhotoCache {
  private readonly cache = new LruCache<FilePhoto>({
    budget: PIXEL_BYTES,
    bytesOf: ({ size }) => 4 * size.width * size.height,
    dispose: () => {},
  });

  open({ path }: SetFile): Promise<FilePhoto> {
    return this.cache.get(path, () => FilePhoto.open(path));
  }

  /** Between pairs. */
  trim(): void {
    this.cache.trim();
  }
}
