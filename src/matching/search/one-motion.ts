import type { PlainField } from '../../compute/field/cpu.ts';
import type { Size } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import { fitHomographyRobust, squaredTransferError } from '../../geometry/estimators/homography.ts';
import type { PointPairs } from '../../geometry/point-pairs.ts';
import { thinned } from './field-pairs.ts';

/** Places that are looked at; more only cost time. */
const PLACES = 1500;
/** Fewer of them than this say nothing. */
const LEAST_PLACES = 100;
/** A place follows the motion within this share of the other photo's long side: a pixel of 640. */
const FOLLOWS = 1 / 640;
/** From this distance on a place follows another motion: three pixels of 640. */
const APART = 3 / 640;
/** Share of the places that follow the motion, from which on the photos show nothing else. */
const ALL = 0.9;
/** Of which this share at least lies where it takes them; the rest may, as far as the photos tell. */
const MOST = 0.7;
/** A place slides along an edge, or within soft shades, by no more than this. */
const SLIDES = 2 * APART;
/** A turn and a scale are taken for the motion where as many places follow it, by this factor: they hold where nothing is seen, too. */
const AS_WELL = 0.98;

/**
 * The one motion (homography, normalised, from the field's photo to the other one) that explains nearly all places of a match
 * that are sure and show something; null where there is none, since something lies at another depth. Then nothing is assumed.
 * @param other size of the other photo
 * @param isFlat whether the field's photo shows nothing about a normalised place
 * @param mayFollow of a motion, whether the photos agree at least as well where it takes a place (x, y) as at (u, v), all normalised
 */
export function oneMotion(
  field: PlainField,
  other: Size,
  sureFrom: { certainty: number; cycle: number },
  isFlat: (x: number, y: number) => boolean,
  mayFollow?: (motion: Matrix3) => (x: number, y: number, u: number, v: number) => boolean,
): Matrix3 | null {
  const { grid, warp, certainty, cycle } = field;
  const points = grid.width * grid.height;
  const sure: number[] = [];
  for (let k = 0; k < points; k++) if (certainty[k] >= sureFrom.certainty && cycle[k] <= sureFrom.cycle) sure.push(k);
  const x = (k: number) => (2 * (k % grid.width) + 1) / grid.width - 1;
  const y = (k: number) => (2 * Math.floor(k / grid.width) + 1) / grid.height - 1;
  const chosen = thinned(sure, PLACES).filter((k) => !isFlat(x(k), y(k)));
  if (chosen.length < LEAST_PLACES) return null;
  // In long sides of each photo, so that a distance is one.
  const here = halves(field.photo);
  const there = halves(other);
  const pairs = {
    xa: chosen.map((k) => x(k) * here[0]),
    ya: chosen.map((k) => y(k) * here[1]),
    xb: chosen.map((k) => warp[k] * there[0]),
    yb: chosen.map((k) => warp[points + k] * there[1]),
  };
  const fit = fitHomographyRobust(pairs, { threshold: FOLLOWS, iterations: 300, method: 'msac' });
  if (!fit) return null;
  const motion = simplest(fit.homography, pairs, fit.inliers);
  const [a, b, c, d, e, f, g, h, i] = motion;
  const [px, py] = here;
  const [qx, qy] = there;
  const normalised: Matrix3 = [
    (a * px) / qx,
    (b * py) / qx,
    c / qx,
    (d * px) / qy,
    (e * py) / qy,
    f / qy,
    g * px,
    h * py,
    i,
  ];
  const isWithin = (n: number, limit: number) => squaredTransferError(motion, pairs, n) <= limit ** 2;
  const apart = [...chosen.keys()].filter((n) => !isWithin(n, APART));
  const follows = mayFollow?.(normalised);
  if (apart.length > (1 - (follows ? MOST : ALL)) * chosen.length) return null;
  const slides = (n: number, k = chosen[n]) => isWithin(n, SLIDES) && follows!(x(k), y(k), warp[k], warp[points + k]);
  const others = follows ? apart.filter((n) => !slides(n)) : apart;
  return others.length > (1 - ALL) * chosen.length ? null : normalised;
}

/** Half the sides of a photo, in its long sides. */
function halves({ width, height }: Size): [number, number] {
  const long = 2 * Math.max(width, height);
  return [width / long, height / long];
}

/** A turn, a scale and a shift, mirrored or not, where as many pairs follow it as the homography; else that. */
function simplest(homography: Matrix3, pairs: PointPairs, inliers: Uint8Array): Matrix3 {
  const { xa, ya, xb, yb } = pairs;
  const on = [...inliers.keys()].filter((i) => inliers[i]);
  const mean = (values: ArrayLike<number>) => on.reduce((sum, i) => sum + values[i], 0) / on.length;
  const [ax, ay, bx, by] = [xa, ya, xb, yb].map(mean);
  let best = homography;
  let most = AS_WELL * on.length;
  for (const flip of [1, -1]) {
    // Least squares of x_b = c x − s y, y_b = s x + c y about the means; a mirrored one of (x, −y).
    let [along, across, squares] = [0, 0, 0];
    for (const i of on) {
      const [x, y, u, v] = [xa[i] - ax, flip * (ya[i] - ay), xb[i] - bx, yb[i] - by];
      along += x * u + y * v;
      across += x * v - y * u;
      squares += x * x + y * y;
    }
    const [c, s] = [along / squares, across / squares];
    const [b, e] = [-s * flip, c * flip];
    const motion: Matrix3 = [c, b, bx - c * ax - b * ay, s, e, by - s * ax - e * ay, 0, 0, 1];
    const count = on.filter((i) => squaredTransferError(motion, pairs, i) <= FOLLOWS ** 2).length;
    if (count >= most) [best, most] = [motion, count];
  }
  return best;
}
