import { cameraOfPhoto, fitsPhoto, type KnownCamera } from '../../core/camera-model.ts';
import { CodedError, type PlainError, toPlainError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { isNameOf, MAX_FILE_CAMERAS, type NamedCamera, readCameraFile } from './camera-file.ts';

export interface CameraText {
  name: string;
  text: string;
}

export interface CamerasOfPhotos {
  /** In the order of the photos, in their pixels; null: none is told. */
  cameras: (KnownCamera | null)[];
  /** Files that say nothing of these photos, and why. */
  refused: { name: string; error: PlainError }[];
}

/**
 * Which measured camera took each of some photos: by the photo's name where a file has one (COLMAP's `images.txt` beside its
 * `cameras.txt`, JSON and nerfstudio's frames), by the name of the calibration (`left.yml` of `left.jpg`), else a file's only camera of the
 * photo's shape. What a name tells goes first.
 */
export async function camerasOfPhotos(
  files: readonly CameraText[],
  photos: readonly { name: string; size: Size }[],
): Promise<CamerasOfPhotos> {
  const refused: CamerasOfPhotos['refused'] = [];
  const refuse = (name: string, thrown: unknown) => refused.push({ name, error: toPlainError(thrown) });
  const lists = files.map(({ text }) => colmapImages(text));
  const told = files.map((file, i) => (lists[i] ? [] : readCameraFile(file.name, file.text)));
  const read = await Promise.allSettled(told);
  const known = new Map<string, KnownCamera>();
  const byName: (KnownCamera | null)[] = photos.map(() => null);
  const byShape: (KnownCamera | null)[] = photos.map(() => null);
  /** Gives a camera to the photos of a name; whether there are any. */
  const give = (name: string, camera: KnownCamera): boolean => {
    let isGiven = false;
    photos.forEach((photo, i) => {
      if (!isNameOf(name, photo.name)) return;
      byName[i] = cameraOfPhoto(camera, photo.size, `“${photo.name}”`);
      isGiven = true;
    });
    return isGiven;
  };
  for (const [k, { name }] of files.entries()) {
    const result = read[k];
    if (result.status === 'rejected') {
      refuse(name, result.reason);
      continue;
    }
    if (lists[k]) continue;
    try {
      let isUsed = false;
      for (const { name: own, camera, id } of result.value) {
        if (id !== undefined) known.set(String(id), camera);
        isUsed = give(own, camera) || isUsed;
      }
      const [only] = result.value;
      if (!isUsed && result.value.length === 1) isUsed = give(name.replace(/(\.camera)?\.\w+$/i, ''), only.camera);
      if (isUsed || (result.value[0].id !== undefined && lists.some(Boolean))) continue;
      photos.forEach(({ size }, i) => {
        const fitting = camerasOfShape(result.value, size);
        if (fitting.length > 1) throw ambiguous(name, photos[i].name);
        if (fitting.length === 0) return;
        byShape[i] = cameraOfPhoto(fitting[0], size, `“${photos[i].name}”`);
        isUsed = true;
      });
      if (!isUsed && photos.length) throw nobodys(name, result.value);
    } catch (thrown) {
      refuse(name, thrown);
    }
  }
  for (const [k, { name }] of files.entries()) {
    const list = lists[k];
    if (!list) continue;
    try {
      const used = list.map(({ photo, camera }) => known.has(camera) && give(photo, known.get(camera)!));
      if (!used.some(Boolean)) throw namesNone(name, known.size > 0);
    } catch (thrown) {
      refuse(name, thrown);
    }
  }
  return { cameras: photos.map((_, i) => byName[i] ?? byShape[i]), refused };
}

/** The cameras of a photo's very size, else those of its shape. */
function camerasOfShape(cameras: readonly NamedCamera[], photo: Size): KnownCamera[] {
  const fitting = cameras.map(({ camera }) => camera).filter((camera) => fitsPhoto(camera, photo));
  const same = fitting.filter(({ size }) => size?.width === photo.width && size.height === photo.height);
  return same.length ? same : fitting;
}

const IMAGE_LINE = /^\s*\d+((?:\s+-?\d[\d.eE+-]*){7})\s+(\d+)\s+(\S.*?)\s*$/;

/** What COLMAP's images.txt says of cameras: photo's name and camera's number; null where the text is none. */
function colmapImages(text: string): { photo: string; camera: string }[] | null {
  const found: { photo: string; camera: string }[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (let i = 0; i < lines.length && found.length < MAX_FILE_CAMERAS; i++) {
    if (lines[i].trim() === '' || lines[i].startsWith('#')) continue;
    const [, , camera, photo] = IMAGE_LINE.exec(lines[i]) ?? [];
    if (camera === undefined) return null;
    found.push({ photo, camera });
    // The line that follows has the image's points, and may be empty.
    i++;
  }
  return found.length ? found : null;
}

const ambiguous = (name: string, photo: string) =>
  new CodedError(
    'camera-ambiguous',
    `“${name}” has several cameras that could have taken “${photo}”.`,
    'Give COLMAP’s images.txt beside it, JSON by file name, or one calibration called as its photo: left.yml for left.jpg.',
  );

function nobodys(name: string, cameras: readonly NamedCamera[]): CodedError {
  const sizes = cameras
    .slice(0, 3)
    .map(({ camera: { size } }) => (size ? `${size.width} × ${size.height}` : 'any size'))
    .join(', ');
  return new CodedError(
    'camera-size',
    `“${name}” has no camera of these photos’ shapes or names: it was measured on ${sizes} pixels.`,
    'Choose the cameras that took these photos, uncropped.',
  );
}

const namesNone = (name: string, hasCameras: boolean) =>
  new CodedError(
    'camera-nobodys',
    hasCameras ? `“${name}” names none of these photos.` : `“${name}” names photos, and no cameras.`,
    hasCameras ? 'Choose the list of these photos.' : 'Give COLMAP’s cameras.txt with it.',
  );
