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
      },
      photos: { a: side(photos.a), b: side(photos.b) },
      ...facts,
      matrix: rows(matrix),
      fundamental: fundamental && rows(fundamental),
      cameras: cameras && {
        ...withoutRange(cameras),
        rotation: rows(cameras.rotation),
        K: { a: cameraRows(fit, 'a', photos.a.size), b: cameraRows(fit, 'b', photos.b.size) },
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
      const { focal, source } = cameras.intrinsics[side];
      const lens = `focal length ${focal.toFixed(2)} px (${source})`;
      return `photo_${side} ${size.width} x ${size.height} px, ${lens}: ${name}`;
    }),
  ];
}

function cameraRows({ cameras }: FitResult, side: Side, { width, height }: Size): number[][] {
  const focal = cameras!.intrinsics[side].focal;
  return [
    [focal, 0, width / 2],
    [0, focal, height / 2],
    [0, 0, 1],
  ];
}
