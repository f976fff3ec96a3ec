import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type KnownCamera, mayHoldCameras } from '../../src/core/camera-model.ts';
import { CodedError } from '../../src/core/errors.ts';
import type { Size } from '../../src/core/geometry.ts';
import { LruCache } from '../../src/core/lru-cache.ts';
import { isMaskName, isMaskNameOf } from '../../src/core/mask.ts';
import { MAX_CAMERA_FILE_BYTES } from '../../src/formats/cameras/camera-file.ts';
import { type CameraText, camerasOfPhotos } from '../../src/formats/cameras/set-cameras.ts';
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
  /** The picture of what counts of it, `left.mask.png` beside `left.jpg`. */
  mask?: string;
  /** The camera that was measured, in the photo's pixels. */
  camera?: KnownCamera;
}

const ENDINGS = ['.jpg', '.jpeg', '.png'];
const byName = new Intl.Collator('en', { numeric: true });
/** Decoded photos that are kept: twenty of 12 megapixels. */
const PIXEL_BYTES = 2 ** 30;

/**
 * The photos of a folder in the order of their names (2 before 10), and what was left out and why. Calibrations among them, and in
 * `calibration` (a file or a folder), say which camera took which photo.
 * @throws CodedError `file-missing`, `set-too-small`, those of `calibration`'s files
 */
export async function readSetFolder(
  folder: string,
  calibration?: string,
): Promise<{ files: SetFile[]; remarks: string[] }> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CodedError('file-missing', `${folder} is no folder.`, 'Check its name.');
  }
  const files: SetFile[] = [];
  const remarks: string[] = [];
  const cameraFiles: CameraText[] = [];
  const names = readdirSync(folder).sort(byName.compare);
  for (const name of names) {
    const path = join(folder, name);
    if (isMaskName(name)) {
      if (!names.some((photo) => isMaskNameOf(name, photo))) remarks.push(`${name} is the mask of no photo here.`);
      continue;
    }
    if (!statSync(path).isFile()) continue;
    if (mayHoldCameras(name)) {
      cameraFiles.push({ name, text: textOf(path) });
      continue;
    }
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
      const mask = names.find((other) => isMaskNameOf(other, name));
      const hash = createHash('sha256').update(bytes);
      // Another mask makes another match.
      if (mask) hash.update(readFileSync(join(folder, mask)));
      files.push({ path, name, size, focal, sha256: hash.digest('hex'), ...(mask && { mask: join(folder, mask) }) });
    } catch (thrown) {
      remarks.push(`${name} is left out: ${(thrown as Error).message}`);
    }
  }
  const given = calibration === undefined ? [] : calibrationFiles(calibration);
  const { cameras, refused } = await camerasOfPhotos([...cameraFiles, ...given], files);
  for (const { name, error } of refused) {
    // What somebody asked for must be read; what lies among the photos may be anything.
    if (given.some((file) => file.name === name)) throw new CodedError(error.code, error.message, error.remedy);
    remarks.push(`${name} is left out: neither JPEG nor PNG, and no cameras of these photos. ${error.message}`);
  }
  cameras.forEach((camera, i) => camera && (files[i].camera = camera));
  const measured = cameras.filter(Boolean).length;
  if (measured) remarks.push(`Measured cameras of ${measured} of ${files.length} photos.`);
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

function calibrationFiles(path: string): CameraText[] {
  if (!existsSync(path)) throw new CodedError('file-missing', `${path} cannot be read.`, 'Check its name.');
  if (statSync(path).isFile()) return [{ name: basename(path), text: textOf(path) }];
  const names = readdirSync(path).filter(mayHoldCameras).sort(byName.compare);
  return names.map((name) => ({ name, text: textOf(join(path, name)) }));
}

/** Larger than any calibration: not read, and refused for its length. */
const textOf = (path: string): string =>
  statSync(path).size > MAX_CAMERA_FILE_BYTES ? ' '.repeat(MAX_CAMERA_FILE_BYTES + 1) : readFileSync(path, 'utf8');

/** Decoded photos, evicted by least use. */
export class PhotoCache {
  private readonly cache = new LruCache<FilePhoto>({
    budget: PIXEL_BYTES,
    bytesOf: ({ size }) => 4 * size.width * size.height,
    dispose: () => {},
  });

  /** With its mask. @throws what opening a photo or a mask throws */
  open({ path, mask }: SetFile): Promise<FilePhoto> {
    return this.cache.get(path, async () => {
      const photo = await FilePhoto.open(path);
      if (mask) await photo.setMask(mask);
      return photo;
    });
  }

  /** Between pairs. */
  trim(): void {
    this.cache.trim();
  }
}
