import { cameraOfPhoto, type KnownCamera } from '../../../../core/camera-model.ts';
import { assumedFocal, focalOfFov, fovOfFocal } from '../../../../core/focal.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import type { FocalSource, Intrinsics } from '../../contract/geometry-fit.ts';
import { measuredScale } from './measured-pairs.ts';

/** What may be known of the camera that took a photo. */
export interface CameraHints {
  /** Measured; it goes before everything else. */
  camera?: KnownCamera | null;
  /** Horizontal field of view that the person set, degrees. */
  fov?: number | null;
  /** Focal length that the file tells, its pixels. */
  exif?: number | null;
  /** OpenCV's first radial term; a measured camera has its own. */
  k1?: number;
}

/**
 * The camera to use: the measured one, else what the person set, else the file's focal length, else a usual one.
 * @param name A or B, for messages
 * @throws CodedError `camera-size` where the measured camera is not this photo's
 */
export function intrinsicsOf(photo: Size, { camera, fov, exif, k1 = 0 }: CameraHints, name = ''): Intrinsics {
  if (camera) {
    const known = cameraOfPhoto(camera, photo, name);
    const focal = (known.fx + known.fy) / 2;
    return { focal, fov: fovOfFocal(photo.width, known.fx), source: 'known', camera: known };
  }
  const [focal, source]: [number, FocalSource] =
    fov != null
      ? [focalOfFov(photo.width, fov), 'set']
      : exif != null
        ? [exif, 'exif']
        : [assumedFocal(photo), 'assumed'];
  const middle = { cx: photo.width / 2, cy: photo.height / 2 };
  const lens = k1
    ? { model: 'OPENCV' as const, distortion: [k1, 0, 0, 0] }
    : { model: 'PINHOLE' as const, distortion: [] };
  return {
    focal,
    fov: fov ?? fovOfFocal(photo.width, focal),
    source,
    camera: { ...lens, size: photo, fx: focal, fy: focal, ...middle },
  };
}

/** K in straightened measured coordinates (lens.ts), whose origin is the principal point and whose pixels are square. */
export function measuredCamera({ focal }: Intrinsics, photo: Size): Matrix3 {
  const f = focal * measuredScale(photo);
  return [f, 0, 0, 0, f, 0, 0, 0, 1];
}

/** From pixels of the file, as the lens would show them without distortion, to straightened measured coordinates. */
export function toStraightened({ focal, camera: { fx, fy, cx, cy } }: Intrinsics, photo: Size): Matrix3 {
  const f = focal * measuredScale(photo);
  return [f / fx, 0, (-f * cx) / fx, 0, f / fy, (-f * cy) / fy, 0, 0, 1];
}
