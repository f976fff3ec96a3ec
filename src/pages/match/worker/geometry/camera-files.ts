import { cameraText } from '../../../../core/camera-model.ts';
import { CodedError, toPlainError } from '../../../../core/errors.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { PhotoInfo } from '../../../../core/match.ts';
import { chooseCamera, MAX_CAMERA_FILE_BYTES, readCameraFile } from '../../../../formats/cameras/camera-file.ts';
import { camerasOfPhotos } from '../../../../formats/cameras/set-cameras.ts';
import type { EngineApi } from '../../contract/protocol.ts';

type PhotoFacts = Pick<PhotoInfo, 'name' | 'size'>;

/** Reads a camera file and finds the cameras of these photos; one that is not open takes any. */
export async function readCamerasFor(
  file: Blob,
  name: string,
  photos: Record<Side, PhotoFacts | null>,
): Promise<ReturnType<EngineApi['readCameras']>> {
  if (file.size > MAX_CAMERA_FILE_BYTES) throw tooLarge(file, name);
  const cameras = await readCameraFile(name, await file.text());
  const of = (side: Side, place: 0 | 1) => {
    const photo = photos[side];
    return photo ? chooseCamera(cameras, place, photo.size, photo.name) : null;
  };
  const chosen = { a: of('a', 0), b: of('b', 1) };
  if (!chosen.a && !chosen.b && (photos.a || photos.b)) {
    const sizes = cameras
      .slice(0, 3)
      .map(({ camera: { size } }) => (size ? `${size.width} × ${size.height}` : 'any size'));
    throw new CodedError(
      'camera-size',
      `“${name}” has no camera of these photos’ shapes: it was measured on ${sizes.join(', ')} pixels.`,
      'Choose the cameras that took these photos, uncropped.',
    );
  }
  return { names: cameras.map((one) => one.name), chosen };
}

/** Codes of a calibration that is whole, and of other photos. */
const OF_OTHERS = ['camera-size', 'camera-nobodys'];

/** The cameras that calibrations tell of both photos, as texts, and what cannot be read of them. */
export async function camerasByName(
  files: readonly File[],
  photos: Record<Side, PhotoFacts>,
): Promise<ReturnType<EngineApi['camerasByName']>> {
  const large = files.filter(({ size }) => size > MAX_CAMERA_FILE_BYTES);
  const read = files.filter((file) => !large.includes(file));
  const texts = await Promise.all(read.map(async (file) => ({ name: file.name, text: await file.text() })));
  const { cameras, refused } = await camerasOfPhotos(texts, [photos.a, photos.b]);
  const [a, b] = cameras.map((camera) => camera && cameraText(camera));
  const told = large.map((file) => ({ name: file.name, error: toPlainError(tooLarge(file, file.name)) }));
  return { cameras: { a, b }, refused: [...told, ...refused.filter(({ error }) => !OF_OTHERS.includes(error.code))] };
}

const tooLarge = ({ size }: Blob, name: string) =>
  new CodedError(
    'limit-exceeded',
    `“${name}” has ${Math.round(size / 2 ** 20)} MB, too many for a file of cameras.`,
    'Choose the file that a calibration wrote.',
  );
