import { assumedFocal, focalOfFov, fovOfFocal } from '../../../../core/focal.ts';
import type { Intrinsics } from '../../contract/geometry-fit.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import { measuredScale } from './measured-pairs.ts';

/** The focal length to use: what the person set, else the file's, else a usual one. */
export function intrinsicsOf(photo: Size, fov: number | null, exifFocal: number | null): Intrinsics {
  if (fov !== null) return { focal: focalOfFov(photo.width, fov), fov, source: 'set' };
  const focal = exifFocal ?? assumedFocal(photo);
  return { focal, fov: fovOfFocal(photo.width, focal), source: exifFocal === null ? 'assumed' : 'exif' };
}

/** K in measured coordinates, whose origin is the principal point. */
export function measuredCamera({ focal }: Intrinsics, photo: Size): Matrix3 {
  const f = focal * measuredScale(photo);
  return [f, 0, 0, 0, f, 0, 0, 0, 1];
}
