import { CodedError } from '../../../../core/errors.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import { chooseCamera, MAX_CAMERA_FILE_BYTES, readCameraFile } from '../../../../formats/cameras/camera-file.ts';
import type { EngineApi } from '../../contract/protocol.ts';

/** Reads a camera file and finds the cameras of photos of these sizes; a photo that is not open takes any. */
export async function readCamerasFor(
  file: Blob,
  name: string,
  photos: Record<Side, Size | null>,
): Promise<ReturnType<EngineApi['readCameras']>> {
  if (file.size > MAX_CAMERA_FILE_BYTES) {
    const text = `“${name}” has ${Math.round(file.size / 2 ** 20)} MB, too many for a file of cameras.`;
    throw new CodedError('limit-exceeded', text, 'Choose the file that a calibration wrote.');
  }
  const cameras = await readCameraFile(name, await file.text());
  const of = (side: Side, place: 0 | 1) => {
    const photo = photos[side];
    return photo ? chooseCamera(cameras, place, photo) : null;
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
