import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { CodedError } from '../../src/core/errors.ts';
import { isMaskName, isMaskNameOf } from '../../src/core/mask.ts';

const PHOTO_ENDINGS = ['.jpg', '.jpeg', '.png'];
/** The most exact first. */
const DEPTH_ENDINGS = ['.npy', '.pfm', '.png'];

/**
 * The photos that files and folders (not their subfolders) name; a folder's in order of their names.
 * @throws CodedError `file-missing`
 */
export function photoPaths(places: readonly string[]): string[] {
  const paths = places.flatMap((place) => {
    if (!existsSync(place)) throw new CodedError('file-missing', `${place} cannot be read.`, 'Check its name.');
    if (!statSync(place).isDirectory()) return [place];
    const photos = readdirSync(place).filter(
      (name) => PHOTO_ENDINGS.includes(extname(name).toLowerCase()) && !isMaskName(name),
    );
    if (!photos.length) throw new CodedError('file-missing', `${place} holds no JPEG or PNG.`, 'Check its name.');
    return photos.sort().map((name) => join(place, name));
  });
  return [...new Set(paths)];
}

/** The mask of a photo by its name (`left.mask.png`) in a folder; undefined where there is none. @throws CodedError `file-missing` */
export function maskPath(photo: string, folder: string): string | undefined {
  if (!existsSync(folder)) throw new CodedError('file-missing', `${folder} cannot be read.`, 'Check its name.');
  const found = readdirSync(folder).find((name) => isMaskNameOf(name, basename(photo)));
  return found && join(folder, found);
}

/** The file of `folder` with the photo's name and a depth map's ending; null where there is none. */
export function depthPath(photo: string, folder: string): string | null {
  const stem = basename(photo, extname(photo));
  return DEPTH_ENDINGS.map((ending) => join(folder, stem + ending)).find((path) => existsSync(path)) ?? null;
}
