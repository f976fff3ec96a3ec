import type { Size } from '../../src/core/geometry.ts';
import type { Matrix3 } from '../../src/core/matrix3.ts';
import { apply3, type Vector3 } from '../../src/core/rotation.ts';
import { fitHomographyRobust, squaredPlaneDistance } from '../../src/geometry/estimators/homography.ts';
import { median } from '../../src/geometry/measures.ts';

/** What is true of a pair of made views, whatever a matcher says of it. */
export interface TrueFacts {
  /** Share of A's pixels that B shows. */
  shared: number;
  /** Share of those that one plane explains within {@link ON_PLANE}. */
  planar: number;
  /** Median angle between both rays, the turn undone, degrees. */
  parallax: number;
  /** Share of B's pixels that show something; the rest was filled. */
  known: number;
}

export interface TrueView {
  size: Size;
  /** [2, h, w] normalised places in B. */
  warp: ArrayLike<number>;
  /** [h, w] above 0 where B shows the place. */
  visible: ArrayLike<number>;
  focal: Record<'a' | 'b', number>;
  /** From A to B. */
  rotation: Matrix3;
  /** [h, w] above 0 where B shows something at all; everywhere by default. */
  known?: ArrayLike<number>;
}

/** Pixels at a 640 px long side: three deviations of a match. */
const ON_PLANE = 1.5;
const SAMPLES = 4000;

export function trueFacts({ size, warp, visible, focal, rotation, known }: TrueView): TrueFacts {
  const points = size.width * size.height;
  const seen: number[] = [];
  for (let i = 0; i < points; i++) if (visible[i] > 0) seen.push(i);
  const chosen = seen.filter((_, k) => k % Math.ceil(seen.length / SAMPLES) === 0);
  const scale = 640 / Math.max(size.width, size.height);
  const place = (at: (i: number) => number, length: number) =>
    Float64Array.from(chosen, (i) => scale * (at(i) - length / 2));
  const pairs = {
    xa: place((i) => (i % size.width) + 0.5, size.width),
    ya: place((i) => Math.floor(i / size.width) + 0.5, size.height),
    xb: place((i) => ((warp[i] + 1) / 2) * size.width, size.width),
    yb: place((i) => ((warp[points + i] + 1) / 2) * size.height, size.height),
  };
  const plane = chosen.length < 8 ? null : fitHomographyRobust(pairs, { threshold: ON_PLANE, seed: 1 });
  const isOn = (i: number) => plane !== null && squaredPlaneDistance(plane.homography, pairs, i) < ON_PLANE ** 2;
  const on = chosen.reduce((sum, _, i) => sum + (isOn(i) ? 1 : 0), 0);
  const angles = chosen.map((_, i) => {
    const [fa, fb] = [scale * focal.a, scale * focal.b];
    return angle(apply3(rotation, [pairs.xa[i] / fa, pairs.ya[i] / fa, 1]), [pairs.xb[i] / fb, pairs.yb[i] / fb, 1]);
  });
  return {
    shared: seen.length / points,
    planar: on / Math.max(1, chosen.length),
    parallax: chosen.length ? median(angles) : 0,
    known: known ? Array.from(known).filter((one) => one > 0).length / points : 1,
  };
}

/**
 * Whether two made views do make a scene: a quarter of the picture is on both, at an angle that tells depth, and is no plane, and half of
 * B shows something. The limits lie well on this side of those at which the page abstains: what is near them is neither a good pair nor
 * a hopeless one.
 */
export const makesScene = ({ shared, planar, parallax, known }: TrueFacts): boolean =>
  shared >= 0.25 && planar <= 0.85 && parallax >= 1 && known >= 0.5;

/** Photos whose common points lie within less of either show the same place from too far apart to be a good pair. */
export const LEAST_COMMON = 0.05;

/**
 * Share of a photo within the convex hull of points that both photos show, the less of both.
 * @param points x and y in A, then in B, pixels
 */
export function commonShare(points: readonly (readonly number[])[], sizes: Record<'a' | 'b', Size>): number {
  const share = (side: 'a' | 'b', at: number) =>
    hullArea(points.map((point) => [point[at], point[at + 1]])) / (sizes[side].width * sizes[side].height);
  return Math.min(share('a', 0), share('b', 2));
}

/** By the monotone chain (Andrew 1979). */
function hullArea(points: readonly (readonly [number, number])[]): number {
  const sorted = [...points].sort(([x, y], [u, v]) => x - u || y - v);
  const cross = ([ox, oy]: readonly number[], [ax, ay]: readonly number[], [bx, by]: readonly number[]) =>
    (ax - ox) * (by - oy) - (ay - oy) * (bx - ox);
  const chain = (list: typeof sorted) => {
    const kept: typeof sorted = [];
    for (const point of list) {
      while (kept.length > 1 && cross(kept.at(-2)!, kept.at(-1)!, point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  const hull = [...chain(sorted), ...chain([...sorted].reverse())];
  const twice = hull.reduce((sum, [x, y], i) => {
    const [u, v] = hull[(i + 1) % hull.length];
    return sum + x * v - u * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Degrees. */
function angle([x, y, z]: Vector3, [u, v, w]: Vector3): number {
  const sine = Math.hypot(y * w - z * v, z * u - x * w, x * v - y * u);
  return (Math.atan2(sine, x * u + y * v + z * w) * 180) / Math.PI;
}
