import { lanczosResize } from '../../../../compute/lanczos/cpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { DenseField } from '../../../../core/match.ts';
import { IDENTITY3 } from '../../../../core/matrix3.ts';
import type { SplatCamera } from '../../../../gaussians/camera.ts';
import { type Crop, cropOf } from '../../../../gaussians/depthsplat/cameras.ts';
import { nearDepth, type SceneInput } from '../../../../gaussians/depthsplat/scene.ts';
import { inverseDepth, type Pose, swappedPose } from '../../../../geometry/inverse-depth.ts';
import type { SplatManifest } from '../../../../models/splat-manifest.ts';
import type { Intrinsics } from '../../contract/geometry-fit.ts';
import type { Fitted } from '../geometry/fit-match.ts';

/** Two matched photos with the cameras that were fitted to them. */
export interface MatchedPhotos {
  readonly pixels: Readonly<Record<Side, Pixels>>;
  /** Of the files. */
  readonly photos: Readonly<Record<Side, Size>>;
  readonly fields: Readonly<Record<Side, DenseField>>;
  /** An essential matrix's. */
  readonly fitted: Fitted;
}

/** Certainty from which a place counts as shown by both photos. */
const COVISIBLE = 0.5;

/**
 * What DepthSplat wants of two matched photos: the middle of each, scaled as in its training; cameras in baselines; how near the
 * nearest things are; and what both show, by which scales are compared.
 *
 * @throws CodedError `scene-needs-gaussians` for a network of depth alone, `scene-no-depth` where no match lies in front of both
 */
export function networkInput(
  { pixels, photos, fields, fitted }: MatchedPhotos,
  { input: size, near, far, gaussians, name }: Pick<SplatManifest, 'input' | 'near' | 'far' | 'gaussians' | 'name'>,
): SceneInput {
  if (gaussians === null) {
    throw new CodedError(
      'scene-needs-gaussians',
      `${name} gives depth alone, no Gaussians.`,
      'Choose one of the “gs” files of DepthSplat.',
    );
  }
  const { cameras } = fitted.result;
  const nearest = cameras && nearDepth(inlierDepths(fitted, cameras));
  if (!cameras || nearest === null) {
    throw new CodedError(
      'scene-no-depth',
      'No match lies in front of both cameras, so nothing tells how far things are.',
      'Check the fields of view in Geometry.',
    );
  }
  const crops = { a: cropOf(photos.a, size), b: cropOf(photos.b, size) };
  const points = size.width * size.height;
  const image = new Float32Array(6 * points);
  image.set(croppedPlanes(pixels.a, crops.a));
  image.set(croppedPlanes(pixels.b, crops.b), 3 * points);
  const { rotation, translation, intrinsics } = cameras;
  return {
    image,
    cameras: {
      a: cameraOf(photos.a, intrinsics.a, { rotation: IDENTITY3, translation: [0, 0, 0] }),
      b: cameraOf(photos.b, intrinsics.b, { rotation, translation }),
    },
    size,
    nearDepth: nearest,
    near,
    far,
    limits: gaussians,
    covisible: { a: covisible(fields.a, crops.a), b: covisible(fields.b, crops.b) },
  };
}

/** With everything known of the lens but its distortion, which the network sees in the photo. */
function cameraOf(
  { width, height }: Size,
  { camera: { fx, fy, cx, cy } }: Intrinsics,
  { rotation, translation }: Pose,
): SplatCamera {
  return { width, height, fx, fy, cx, cy, rotation, translation };
}

/** Depths of the inliers before either camera, baselines. */
function inlierDepths({ result, pairs, straighten, cameras }: Fitted, pose: Pose): number[] {
  const { a: ka, b: kb } = cameras!;
  const straight = straighten(pairs);
  const back = swappedPose(pose);
  const depths: number[] = [];
  for (let i = 0; i < result.inliers.length; i++) {
    if (!result.inliers[i]) continue;
    // Measured coordinates have their origin at the principal point.
    const a = [straight.xa[i] / ka[0], straight.ya[i] / ka[4]] as const;
    const b = [straight.xb[i] / kb[0], straight.yb[i] / kb[4]] as const;
    depths.push(1 / inverseDepth(a, b, pose).value, 1 / inverseDepth(b, a, back).value);
  }
  return depths;
}

/** [3, h, w] RGB in 0…1 of the part of a photo that is taken. */
function croppedPlanes(pixels: Pixels, { scaled, left, top, size }: Crop): Float32Array {
  const { data } = lanczosResize(pixels, scaled);
  const planes = new Float32Array(3 * size.width * size.height);
  for (let c = 0, at = 0; c < 3; c++) {
    for (let y = 0; y < size.height; y++) {
      const row = 4 * ((y + top) * scaled.width + left) + c;
      for (let x = 0; x < size.width; x++, at++) planes[at] = data[row + 4 * x] / 255;
    }
  }
  return planes;
}

/** [h, w] 1 where the match is sure that the other photo shows the place too. */
function covisible({ grid, certainty }: DenseField, { scaled, left, top, size }: Crop): Uint8Array {
  const mask = new Uint8Array(size.width * size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    const row = Math.min(grid.height - 1, Math.floor(((y + top + 0.5) * grid.height) / scaled.height));
    for (let x = 0; x < size.width; x++, at++) {
      const column = Math.min(grid.width - 1, Math.floor(((x + left + 0.5) * grid.width) / scaled.width));
      mask[at] = Number(certainty[row * grid.width + column] > COVISIBLE);
    }
  }
  return mask;
}
