import { fitHomographyRobust } from '../geometry/estimators/homography.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';
import type { PlainField } from '../compute/field/cpu.ts';
import type { Side, Size } from '../core/geometry.ts';
import { invert3, type Matrix3, multiply3, project } from '../core/matrix3.ts';
import { pairsAt, thinned } from './search/field-pairs.ts';

/** Correspondences that a fit looks at; more only cost time. */
const FIT_PAIRS = 1500;
/** Fewer certain places than this say nothing about a frame. */
const MIN_PAIRS = 20;
/** Residual of an inlier in normalised coordinates: relief and parallax may leave the plane by this much. */
const INLIER = 0.05;
/** A fit that fewer pairs agree with than this is no view of the scene. */
const MIN_INLIERS = 0.3;

/** Least share of one photo's area that the other one may be. */
const SPECK = 1 / 500;

/**
 * The homography (normalised) from a field's photo to the other one that most certain places agree with, or null. From A
 * to B it is a frame of B that looks like A.
 * It stands in for turn, zoom and slant only; the network then finds what is left of the displacement, so nothing
 * is assumed planar.
 */
export function fitFrame(field: PlainField, certainty: number): Matrix3 | null {
  const pairs = certainPairs(field, certainty);
  if (!pairs) return null;
  const fit = fitHomographyRobust(pairs, { threshold: INLIER, iterations: 500, method: 'msac' });
  if (!fit || fit.inlierRatio < MIN_INLIERS || !isSane(fit.homography)) return null;
  return fit.homography;
}

function certainPairs(field: PlainField, certainty: number): PointPairs | null {
  const limit = 0.03 * Math.max(field.photo.width, field.photo.height);
  const certain: number[] = [];
  for (let k = 0; k < field.certainty.length; k++)
    if (field.certainty[k] > certainty && field.cycle[k] < 2 * limit) certain.push(k);
  if (certain.length < MIN_PAIRS) return null;
  const chosen = thinned(certain, FIT_PAIRS);
  return {
    ...pairsAt(field, chosen),
    weight: chosen.map((k) => field.certainty[k] * (field.cycle[k] < limit ? 1 : 0.5)),
  };
}

/** All corners of A in front of B's camera, and neither photo shrunk to a speck of the other: a detail of 1/16 is none. */
function isSane(h: Matrix3): boolean {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([x, y]) => {
    const w = h[6] * x + h[7] * y + h[8];
    return w > 0.05 ? [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w] : null;
  });
  if (corners.includes(null)) return false;
  const [p, q, r, s] = corners as number[][];
  const area = Math.abs((r[0] - p[0]) * (s[1] - q[1]) - (r[1] - p[1]) * (s[0] - q[0])) / 2;
  return area > 4 * SPECK && area < 4 / SPECK;
}

/** Area that A covers of B, as a share of B's. */
function shownShare(homography: Matrix3): number {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([x, y]) => project(homography, x, y));
  let twice = 0;
  corners.forEach(([x, y], k) => {
    const [u, v] = corners[(k + 1) % 4];
    twice += x * v - u * y;
  });
  return Number.isNaN(twice) ? 1 : Math.abs(twice) / 8;
}

/** A photo drawn anew so that it looks like the other one. */
export interface AlignedView {
  redrawn: Side;
  frame: { matrix: Matrix3; size: Size };
}

/**
 * The view by which two photos look alike, of the one that shows more: nothing of a detail is lost.
 * @param homography normalised A to normalised B
 */
export function alignedView(homography: Matrix3, sizes: Record<Side, Size>): AlignedView {
  const inverse = shownShare(homography) > 1 ? invert3(homography) : null;
  return inverse
    ? { redrawn: 'a', frame: { matrix: inverse, size: sizes.b } }
    : { redrawn: 'b', frame: { matrix: homography, size: sizes.a } };
}

/** A stretch of a photo along one direction (degrees from x), undoing the foreshortening of a slanted view. */
export interface Tilt {
  direction: number;
  /** Above 1 stretches, below 1 squeezes. */
  by: number;
}

/** A view of a photo as a frame. */
export interface ViewFrame {
  matrix: Matrix3;
  /** Size of the upright box around what is shown, in the photo's pixels. */
  size: Size;
  /** How much the box's longer side is longer than the photo's: the input grows by it, to show things as large. */
  growth: number;
}

/** The photo stretched by `tilt` (if any), then turned by `degrees`. Affine, as ASIFT simulates views (Morel and Yu 2009). */
export function wholeFrame(degrees: number, { width, height }: Size, tilt: Tilt = { direction: 0, by: 1 }): ViewFrame {
  const [c, s] = unitVector(degrees);
  const [e, f] = unitVector(tilt.direction);
  const squeeze = 1 / tilt.by - 1;
  // Frame pixels to photo pixels about the centres: the turn back, then the squeeze along (e, f).
  const xx = 1 + e * e * squeeze;
  const xy = e * f * squeeze;
  const yy = 1 + f * f * squeeze;
  const [a, b, d, g] = [xx * c - xy * s, xx * s + xy * c, xy * c - yy * s, xy * s + yy * c];
  const area = a * g - b * d;
  const size = {
    width: (Math.abs(g) * width + Math.abs(b) * height) / area,
    height: (Math.abs(d) * width + Math.abs(a) * height) / area,
  };
  const matrix: Matrix3 = [
    (a * size.width) / width,
    (b * size.height) / width,
    0,
    (d * size.width) / height,
    (g * size.height) / height,
    0,
    0,
    0,
    1,
  ];
  return { matrix, size, growth: Math.max(size.width, size.height) / Math.max(width, height) };
}

/** The view with left and right exchanged. */
export const mirrored = (frame: ViewFrame): ViewFrame => ({
  ...frame,
  matrix: frame.matrix.map((value, k) => (k % 3 === 0 ? -value : value)) as unknown as Matrix3,
});

/** A part of the photo, `share` of its sides, about a normalised centre; shown as large as the whole photo. */
export function partFrame(share: number, [x, y]: readonly [number, number], { width, height }: Size): ViewFrame {
  const matrix: Matrix3 = [share, 0, x, 0, share, y, 0, 0, 1];
  return { matrix, size: { width: share * width, height: share * height }, growth: 1 };
}

/** Cosine and sine; exact at quarter turns, where the box is the photo's own. */
function unitVector(degrees: number): [number, number] {
  const radians = (degrees * Math.PI) / 180;
  const round = (v: number) => (Math.abs(v) < 1e-12 ? 0 : v);
  return [round(Math.cos(radians)), round(Math.sin(radians))];
}

/** Places of a view's side, as many down, at which two views are compared. */
const COMPARED = [-0.75, -0.25, 0.25, 0.75];

/**
 * How far a motion departs from what a match was made of: the largest stretch, turn or slant that it leaves between what the
 * network saw of both photos, as the spectral norm of the difference of its derivative from none; 0 where drawing it would
 * show the same again. Where things lie does not count: networks look everywhere.
 * @param drawn the view by which the match was made; null: both photos as they are
 * @param homography normalised A to normalised B
 */
export function departure(drawn: AlignedView | null, homography: Matrix3, sizes: Record<Side, Size>): number {
  const [from, to, left] = leftOf(drawn, homography, sizes);
  const places = COMPARED.flatMap((y) => COMPARED.map((x) => [x, y] as const));
  const seen = places.filter(([x, y]) => project(left, x, y).every((place) => Math.abs(place) <= 1));
  if (!seen.length) return Infinity;
  // Derivatives between long sides, which every photo shares with the network's input.
  const [sx, sy, tx, ty] = [from, to].flatMap(({ width, height }) => {
    const longer = Math.max(width, height);
    return [width / longer, height / longer];
  });
  return Math.max(
    ...seen.map(([x, y]) => {
      const [ux, uy, vx, vy] = derivative(left, x, y);
      return spectralNorm((ux * tx) / sx - 1, (uy * tx) / sy, (vx * ty) / sx, (vy * ty) / sy - 1);
    }),
  );
}

/** The motion that a match left between what it saw of the photos, and the sizes of both. */
function leftOf(drawn: AlignedView | null, homography: Matrix3, { a, b }: Record<Side, Size>): [Size, Size, Matrix3] {
  if (!drawn) return [a, b, homography];
  const { redrawn, frame } = drawn;
  if (redrawn === 'a') return [frame.size, b, multiply3(homography, frame.matrix)];
  const back = invert3(frame.matrix);
  return [a, frame.size, back ? multiply3(back, homography) : homography];
}

/** Of where a homography takes a place: ∂u/∂x, ∂u/∂y, ∂v/∂x, ∂v/∂y. */
function derivative(h: Matrix3, x: number, y: number): [number, number, number, number] {
  const w = h[6] * x + h[7] * y + h[8];
  const [u, v] = project(h, x, y);
  return [(h[0] - u * h[6]) / w, (h[1] - u * h[7]) / w, (h[3] - v * h[6]) / w, (h[4] - v * h[7]) / w];
}

function spectralNorm(a: number, b: number, c: number, d: number): number {
  const squares = a * a + b * b + c * c + d * d;
  const area = a * d - b * c;
  return Math.sqrt((squares + Math.sqrt(Math.max(0, squares * squares - 4 * area * area))) / 2);
}
