import { cameraText } from '../../../../core/camera-model.ts';
import { PIXEL_CONVENTION } from '../../../../core/coordinates.ts';
import type { CameraPair, FitResult } from '../../contract/geometry-fit.ts';
import { MEASURED_SIDE } from '../../contract/fit-models.ts';
import type { Side, Size } from '../../../../core/geometry.ts';

/** A photo's name and size, as files quote them. */
type Named = { name: string; size: Size };

const MEANING = {
  homography: 'x_b ~ H x_a for pixels, h33 = 1',
  fundamental: 'x_b^T F x_a = 0 for pixels, Frobenius norm 1',
  essential: 'x_b^T E x_a = 0 for rays K^-1 x, Frobenius norm 1',
};

/** A fit with its matches as JSON: what its numbers mean, then the numbers. */
export function fitAsJson(fit: FitResult, photos: Record<Side, Named>): string {
  const { matches, inliers, cameras, matrix, fundamental, ...facts } = fit;
  const rows = (m: readonly number[]) => [m.slice(0, 3), m.slice(3, 6), m.slice(6, 9)];
  const side = ({ name, size }: Named) => ({ name, width: size.width, height: size.height });
  return `${JSON.stringify(
    {
      conventions: {
        coordinates: PIXEL_CONVENTION,
        matrix: MEANING[fit.model],
        threshold: `pixels at a ${MEASURED_SIDE} px long side`,
        pose: 'x_b = R x_a + t; cameras look along +z, x right, y down; t has length 1',
        matches: 'x_a, y_a, x_b, y_b, certainty, inlier (1 or 0)',
        ...(fit.lenses && {
          lenses:
            'models and parameters as COLMAP has them; matrices are between pixels that K shows without distortion (cv2.undistortPoints with P = K), matches between those of the files',
        }),
      },
      photos: { a: side(photos.a), b: side(photos.b) },
      ...facts,
      matrix: rows(matrix),
      fundamental: fundamental && rows(fundamental),
      cameras: cameras && {
        ...withoutRange(cameras),
        rotation: rows(cameras.rotation),
        K: { a: cameraRows(fit, 'a'), b: cameraRows(fit, 'b') },
      },
      matches: Array.from(inliers, (inlier, i) => [
        ...Array.from(matches.rows.subarray(5 * i, 5 * i + 5), (value) => Number(value.toPrecision(7))),
        inlier,
      ]),
    },
    null,
    1,
  )}\n`;
}

/** What the picture of depth spans says nothing of the cameras. */
const withoutRange = ({ inverseDepths: _, ...cameras }: CameraPair): Omit<CameraPair, 'inverseDepths'> => cameras;

/** Header lines of a cloud: units, frame, cameras. */
export function cloudComments({ cameras }: FitResult, photos: Record<Side, Named>): string[] {
  if (!cameras) return [];
  const numbers = (values: readonly number[]) => values.map((value) => value.toFixed(6)).join(' ');
  return [
    'LiftMatch: triangulated from a dense match of two photos',
    'units: 1 = distance between the cameras (two photos do not tell it in metres)',
    'frame: camera A at the origin, x right, y down, z forward',
    `camera_b rotation (row-major, x_b = R x_a + t): ${numbers(cameras.rotation)}`,
    `camera_b translation: ${numbers(cameras.translation)}`,
    ...(['a', 'b'] as const).map((side) => {
      const { name, size } = photos[side];
      const { focal, source, camera } = cameras.intrinsics[side];
      const lens =
        source === 'known' ? `camera ${cameraText(camera)}` : `focal length ${focal.toFixed(2)} px (${source})`;
      return `photo_${side} ${size.width} x ${size.height} px, ${lens}: ${name}`;
    }),
  ];
}

function cameraRows({ cameras }: FitResult, side: Side): number[][] {
  const { fx, fy, cx, cy } = cameras!.intrinsics[side].camera;
  return [
    [fx, 0, cx],
    [0, fy, cy],
    [0, 0, 1],
  ];
}
