import type { PlainField } from '../../compute/field/cpu.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import { fitHomographyRobust, squaredTransferError } from '../../geometry/estimators/homography.ts';

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

/**
 * The one motion (homography, normalised, from the field's photo to the other one) that explains nearly all places of a match
 * that are sure and show something; null where there is none, since something lies at another depth. Then nothing is assumed.
 * @param other size of the other photo
 * @param isFlat whether the field's photo shows nothing about a normalised place
 */
export function oneMotion(
  field: PlainField,
  other: { width: number; height: number },
  sureFrom: { certainty: number; cycle: number },
  isFlat: (x: number, y: number) => boolean,
): Matrix3 | null {
  const { grid, warp, certainty, cycle } = field;
  const points = grid.width * grid.height;
  const sure: number[] = [];
  for (let k = 0; k < points; k++) if (certainty[k] >= sureFrom.certainty && cycle[k] <= sureFrom.cycle) sure.push(k);
  const step = Math.max(1, Math.floor(sure.length / PLACES));
  const x = (k: number) => (2 * (k % grid.width) + 1) / grid.width - 1;
  const y = (k: number) => (2 * Math.floor(k / grid.width) + 1) / grid.height - 1;
  const chosen = sure.filter((k, i) => i % step === 0 && !isFlat(x(k), y(k)));
  if (chosen.length < LEAST_PLACES) return null;
  // Both axes in long sides of the other photo, so that a distance is one.
  const [sx, sy] = [other.width, other.height].map((side) => side / (2 * Math.max(other.width, other.height)));
  const pairs = {
    xa: chosen.map(x),
    ya: chosen.map(y),
    xb: chosen.map((k) => warp[k] * sx),
    yb: chosen.map((k) => warp[points + k] * sy),
  };
  const fit = fitHomographyRobust(pairs, { threshold: FOLLOWS, iterations: 300, method: 'msac' });
  if (!fit) return null;
  const explained = chosen.filter((_, i) => squaredTransferError(fit.homography, pairs, i) <= APART ** 2).length;
  if (explained < ALL * chosen.length) return null;
  const [a, b, c, d, e, f, g, h, i] = fit.homography;
  return [a / sx, b / sx, c / sx, d / sy, e / sy, f / sy, g, h, i];
}
