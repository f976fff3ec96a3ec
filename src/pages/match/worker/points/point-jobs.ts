import { encodePointTableCsv, encodePointTableJson } from '../../../../formats/points/point-tables.ts';
import { parsePoints, type PointList } from '../../../../formats/points/points.ts';
import { matchKeypoints } from '../../../../geometry/match-keypoints.ts';
import type { PlainField } from '../../../../compute/field/cpu.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { otherSide, type Side, type Size } from '../../../../core/geometry.ts';
import type { PointsApi } from '../../contract/points.ts';
import type { KeypointTable, PointTable } from '../../../../core/points.ts';
import type { MatchResult } from '../../../../core/match.ts';
import { stemOf } from '../../../../exports/file-name.ts';
import type { ShownScene } from '../stage/match-scene.ts';
import { placePoints } from './place-points.ts';

/** The match that points are asked of. */
export interface PointScene {
  sizes: Record<Side, Size>;
  result: MatchResult;
  readField(side: Side): Promise<PlainField>;
}

/** What is asked of the match that is shown. */
export const pointScene = ({ shown, photos }: ShownScene): PointScene => ({
  sizes: { a: photos.a.size, b: photos.b.size },
  result: shown.result,
  readField: (side) => shown.readField(side),
});

type Argument<M extends keyof PointsApi> = Parameters<PointsApi[M]>[0];

/** Reads a list of points of one photo and finds all their places in the other: one read of the field, no model run. */
export async function matchPoints({ side, source }: Argument<'matchPoints'>, scene: PointScene): Promise<PointTable> {
  const { count, places, labels, centre } = parsePoints(source);
  const placed = placePoints(await scene.readField(side), places, scene.sizes[otherSide(side)]);
  return { side, count, labels, centre, from: places, ...placed };
}

/** Reads two lists of keypoints and pairs them by the warp, see geometry/match-keypoints.ts. */
export async function matchKeypointLists(
  { a, b, options }: Argument<'matchKeypoints'>,
  scene: PointScene,
): Promise<KeypointTable> {
  const lists = { a: parsePoints(a), b: parsePoints(b) };
  const warped = async (side: Side) => {
    const { count, places }: PointList = lists[side];
    const { to, certainty } = placePoints(await scene.readField(side), places, scene.sizes[otherSide(side)]);
    return { count, places, warped: to, certainty };
  };
  const [fromA, fromB] = [await warped('a'), await warped('b')];
  const { indexA, indexB, distance } = matchKeypoints(fromA, fromB, options);
  const places = new Float64Array(4 * indexA.length);
  indexA.forEach((at, i) => {
    places.set(fromA.places.subarray(2 * at, 2 * at + 2), 4 * i);
    places.set(fromB.places.subarray(2 * indexB[i], 2 * indexB[i] + 2), 4 * i + 2);
  });
  return {
    count: indexA.length,
    indexA: Uint32Array.from(indexA),
    indexB: Uint32Array.from(indexB),
    places,
    distance: Float32Array.from(distance),
    certainty: Float32Array.from(indexA, (at) => fromA.certainty[at]),
    given: { a: lists.a.count, b: lists.b.count },
  };
}

/** The answers as a file. */
export function exportPoints(request: Argument<'exportPoints'>, { sizes, result }: PointScene): ExportedFile {
  const { format, names, kind, firstPixel } = request;
  const metadata = {
    photos: { a: { name: names.a, size: sizes.a }, b: { name: names.b, size: sizes.b } },
    model: result.modelName,
    verdict: result.verdict.sentence,
  };
  const isCsv = format === 'csv';
  const text = isCsv
    ? encodePointTableCsv(request, metadata, firstPixel)
    : encodePointTableJson(request, metadata, firstPixel);
  return {
    name: `${stemOf(names)}-${kind}.${format}`,
    blob: new Blob([text], { type: isCsv ? 'text/csv' : 'application/json' }),
    notes: [],
  };
}
