import { CodedError } from '../../core/errors.ts';
import { MAX_POINTS, MAX_POINTS_BYTES, type PixelCentre, type PointSource } from '../../core/points.ts';
import { parsePointsCsv } from './points-csv.ts';
import { parsePointsJson } from './points-json.ts';

/** A list of points in pixels whose first one has its centre at (0.5, 0.5). */
export interface PointList {
  count: number;
  places: Float64Array;
  labels: string[];
  centre: PixelCentre;
}

/**
 * Reads points from CSV (comma, semicolon, tab or blanks; a line of names and # comments may come first) or JSON
 * (`[[x, y], …]`, `[{ "x": 1, "y": 2, "label": "nose" }, …]`, or either under `points` or `keypoints`). A list may say
 * `pixel_center: 0` (in a comment, or as a JSON field) where its first pixel's centre is (0, 0); 0.5 is meant otherwise.
 * Throws `points-malformed` with the line, `points-empty`, `points-too-many`.
 */
export function parsePoints({ name, text, centre: choice }: PointSource): PointList {
  if (text.length > MAX_POINTS_BYTES) throw tooMany(`“${name}” has ${(text.length / 2 ** 20).toFixed(0)} MiB of text`);
  const read = /^\s*[[{]/.test(text) ? parsePointsJson(name, text) : parsePointsCsv(name, text);
  const count = read.places.length / 2;
  if (count === 0) {
    throw new CodedError('points-empty', `“${name}” holds no point.`, 'Give one point a line, as in: 120.5, 80.5');
  }
  if (count > MAX_POINTS) throw tooMany(`“${name}” holds ${count} points`);
  const centre = choice === 'auto' ? (read.centre ?? 'half') : choice;
  const shift = centre === 'integer' ? 0.5 : 0;
  return {
    count,
    places: Float64Array.from(read.places, (value) => value + shift),
    labels: read.labels.some(Boolean) ? read.labels : [],
    centre,
  };
}

const tooMany = (what: string) =>
  new CodedError(
    'points-too-many',
    `${what}, more than this page takes at once.`,
    `Give at most ${MAX_POINTS} points.`,
  );
