import type { PlainField, PlainMatchField } from '../../compute/field/cpu.ts';
import type { SureFrom } from '../../compute/lucas-kanade/follow-motion.ts';
import { otherSide, type Side, type Size } from '../../core/geometry.ts';
import { invert3, type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { squaredSampson } from '../../geometry/epipolar.ts';
import { fitFundamentalRobust } from '../../geometry/estimators/fundamental.ts';
import { squaredPlaneDistance } from '../../geometry/estimators/homography.ts';
import type { PointPairs } from '../../geometry/point-pairs.ts';

/** Distances are in this share of each photo's long side. */
const UNIT = 1 / 640;
/** Places of each photo that a geometry is fitted to; more only cost time. */
const PLACES = 300;
/** Fewer of both photos together say nothing. */
const LEAST_PLACES = 100;
/** Right places lie within a pixel or two of 640 of their epipolar lines once they were moved to where the photos agree. */
const FIT = { threshold: 1.5, iterations: 400 } as const;
/** From this share of one plane on, the lines of what lies off it are loose. */
const FLAT = 0.8;
/** Within this distance a place is explained. */
const EXPLAINED = 3;
/** A geometry that explains a smaller share of the places may as well be one of wrong places. */
const MOST = 0.72;

/** One motion, or the epipolar lines of one rigid scene: what the sure places of a match have in common. */
export interface MatchGeometry {
  isPlane: boolean;
  /** Epipolar lines of a nearly flat scene, of which many would fit: lying on them says nothing for a place. */
  isLoose: boolean;
  /** Share of the sure places that show something and lie on it. */
  explained: number;
  /** Squared distance of a pair from it, both photos together, in squared {@link UNIT}s. */
  squaredDistance(pairs: PointPairs, i: number): number;
}

/**
 * The geometry that most of a match's sure places follow; null where too few are there, or none fits.
 * @param isFlat 1 for places of each photo's grid about which it shows nothing
 * @param motion the one motion that explains nearly all, normalised A to normalised B, where there is one
 */
export function geometryOf(
  fields: PlainMatchField,
  isFlat: Record<Side, Uint8Array>,
  sureFrom: Record<Side, SureFrom>,
  motion: Matrix3 | null,
): MatchGeometry | null {
  const some = (side: Side) => {
    const { certainty, cycle } = fields[side];
    const sure: number[] = [];
    for (let k = 0; k < certainty.length; k++) {
      const isSure = certainty[k] >= sureFrom[side].certainty && cycle[k] <= sureFrom[side].cycle;
      if (isSure && !isFlat[side][k]) sure.push(k);
    }
    const count = Math.min(PLACES, sure.length);
    return Array.from({ length: count }, (_, i) => sure[Math.floor((i * sure.length) / count)]);
  };
  const [a, b] = [placesOf(fields, 'a', some('a')), placesOf(fields, 'b', some('b'))];
  const both = (column: 'xa' | 'ya' | 'xb' | 'yb') => [...(a[column] as number[]), ...(b[column] as number[])];
  const pairs = { xa: both('xa'), ya: both('ya'), xb: both('xb'), yb: both('yb') };
  if (pairs.xa.length < LEAST_PLACES) return null;
  const found = motion ? fromPlane(motion, fields) : fromLines(pairs);
  if (!found) return null;
  const { squaredDistance } = found;
  const on = pairs.xa.filter((_, i) => squaredDistance(pairs, i) <= EXPLAINED ** 2).length;
  return { ...found, explained: on / pairs.xa.length };
}

/** Whether a match has no geometry that it could be right by as a whole: things moved, or much of it is wrong. */
export const isUnexplained = (geometry: MatchGeometry | null): boolean =>
  geometry !== null && !geometry.isPlane && geometry.explained < MOST;

/** Places of one photo's grid with what they are matched to, A's first, in {@link UNIT}s of each photo. */
export function placesOf(fields: PlainMatchField, side: Side, indices: ArrayLike<number>): PointPairs {
  const field: PlainField = fields[side];
  const { width, height } = field.grid;
  const [here, there] = [scaleOf(field.photo), scaleOf(fields[otherSide(side)].photo)];
  const column = (of: (k: number) => number) => Array.from(indices, of);
  const x = column((k) => (((k % width) + 0.5) / width) * here.width);
  const y = column((k) => ((Math.floor(k / width) + 0.5) / height) * here.height);
  const u = column((k) => 0.5 * (field.warp[k] + 1) * there.width);
  const v = column((k) => 0.5 * (field.warp[width * height + k] + 1) * there.height);
  return side === 'a' ? { xa: x, ya: y, xb: u, yb: v } : { xa: u, ya: v, xb: x, yb: y };
}

/** A photo's sides in {@link UNIT}s. */
function scaleOf({ width, height }: Size): Size {
  const scale = 1 / (UNIT * Math.max(width, height));
  return { width: scale * width, height: scale * height };
}

type Found = Omit<MatchGeometry, 'explained'>;

function fromPlane(motion: Matrix3, { a, b }: PlainMatchField): Found | null {
  const placed = ({ width, height }: Size): Matrix3 => [width / 2, 0, width / 2, 0, height / 2, height / 2, 0, 0, 1];
  const back = invert3(placed(scaleOf(a.photo)));
  if (!back) return null;
  const between = multiply3(placed(scaleOf(b.photo)), multiply3(motion, back));
  // Its sign is free, and places are to lie before the cameras.
  const plane = between[8] < 0 ? (between.map((entry) => -entry) as unknown as Matrix3) : between;
  const squaredDistance: Found['squaredDistance'] = (pairs, i) => squaredPlaneDistance(plane, pairs, i);
  return { isPlane: true, isLoose: false, squaredDistance };
}

function fromLines(pairs: PointPairs): Found | null {
  const fit = fitFundamentalRobust(pairs, FIT);
  if (!fit) return null;
  const squaredDistance: Found['squaredDistance'] = (all, i) => squaredSampson(fit.fundamental, all, i);
  return { isPlane: false, isLoose: fit.planarShare > FLAT, squaredDistance };
}
