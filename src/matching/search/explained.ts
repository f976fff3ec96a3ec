import type { PlainMatchField } from '../../compute/field/cpu.ts';
import type { Side, Size } from '../../core/geometry.ts';
import { type MatchGeometry, placesOf } from './one-geometry.ts';

/**
 * Networks judge every place by its neighbourhood; whether it belongs to the scene that the photos have in common is told by the
 * geometry of all places together. Both kinds of evidence are joined by Bayes' rule: of the places at a distance from the
 * geometry, the ratio of how many right and how many wrong ones lie there, both counted in this very match with the network's
 * own certainty as the chance of being right. A scene of things that move has certain places off the geometry, and then that
 * says little of others there; no distance is too large by a number of ours.
 */

/** Upper ends of the bins of distances, shares of 1/640 of the long side; the last one has none. */
const ENDS = [0.5, 1, 2, 3, 4, 8, 16, 32] as const;
/** Up to this distance a place is as right as can be asked: nothing is taken from it. */
const NEAR = 2;
/** What is added to every bin, as a share of all that is counted: an empty one says nothing. */
const PRIOR = 0.02;
/**
 * The most that the geometry takes from a logit, or adds to it. What a network is very certain of stays certain: something may
 * have walked through the scene. What shows nothing gets nothing added: where it lies, it was put by its neighbours.
 */
const LIMITS = { least: -2, most: 2 } as const;
/** Share of wrong places that some geometry explains by chance, and the most that this takes from all logits. */
const CHANCE = { explained: 0.6, least: -1.5 } as const;
/** Where no plane explains all: what is taken from places of a surface that shows nothing, such as sky, if it is larger than twice the reach. */
const BLANK = { least: -3, reach: 2 } as const;

/**
 * What is added to the logits of both photos' places, by the geometry of the whole match.
 * @param isFlat 1 for places about which a photo shows nothing
 */
export function shiftsOf(
  fields: PlainMatchField,
  isFlat: Record<Side, Uint8Array>,
  geometry: MatchGeometry,
): Record<Side, Float32Array> {
  const bins = { a: binsOf(fields, 'a', geometry), b: binsOf(fields, 'b', geometry) };
  const ratios = ratiosOf(fields, isFlat, bins);
  const doubt = geometry.isPlane ? 0 : doubtOf(geometry.explained);
  const of = (side: Side) => {
    const blank = geometry.isPlane ? null : opened(isFlat[side], fields[side].grid, BLANK.reach);
    return Float32Array.from(bins[side], (bin, k) => {
      const most = isFlat[side][k] || geometry.isLoose ? 0 : LIMITS.most;
      return doubt + (blank?.[k] ? BLANK.least : Math.max(LIMITS.least, Math.min(most, ratios[bin])));
    });
  };
  return { a: of('a'), b: of('b') };
}

/** Log odds that what a geometry explains is more than what one explains of wrong places; never more than 0. */
function doubtOf(explained: number): number {
  const { least } = CHANCE;
  const real = (explained - CHANCE.explained) / (1 - CHANCE.explained);
  return real <= 0 ? least : Math.max(least, Math.min(0, Math.log(real / Math.max(1e-6, 1 - real))));
}

function binsOf(fields: PlainMatchField, side: Side, { squaredDistance }: MatchGeometry): Uint8Array {
  const pairs = placesOf(fields, side, [...fields[side].certainty.keys()]);
  return Uint8Array.from(pairs.xa, (_, i) => {
    const distance = Math.sqrt(squaredDistance(pairs, i));
    const bin = ENDS.findIndex((end) => distance < end);
    return bin < 0 ? ENDS.length : bin;
  });
}

/** Of each bin, the logarithm of right places' share in it over that of wrong ones. */
function ratiosOf(
  fields: PlainMatchField,
  isFlat: Record<Side, Uint8Array>,
  bins: Record<Side, Uint8Array>,
): Float64Array {
  const count = ENDS.length + 1;
  const [right, wrong] = [new Float64Array(count), new Float64Array(count)];
  for (const side of ['a', 'b'] as const) {
    const { certainty } = fields[side];
    for (let k = 0; k < certainty.length; k++) {
      // Of what lies outside of the other photo, or of the masks, nothing is known.
      if (certainty[k] === 0 || isFlat[side][k]) continue;
      right[bins[side][k]] += certainty[k];
      wrong[bins[side][k]] += 1 - certainty[k];
    }
  }
  const share = (counts: Float64Array) => {
    const all = counts.reduce((sum, one) => sum + one, 0);
    return counts.map((one) => (one + (PRIOR * all) / count) / Math.max(1e-12, (1 + PRIOR) * all));
  };
  const [p, q] = [share(right), share(wrong)];
  return p.map((one, bin) => {
    const ratio = one > 0 && q[bin] > 0 ? Math.log(one / q[bin]) : 0;
    return ENDS[bin] <= NEAR ? Math.max(0, ratio) : ratio;
  });
}

/**
 * 1 for places of a grid that lie in a square of set ones, `reach` places either way about its middle; what lies beyond the
 * border counts as set (morphological opening).
 */
function opened(map: Uint8Array, { width, height }: Size, reach: number): Uint8Array {
  const along = (from: Uint8Array, seek: 0 | 1, step: number, place: (k: number) => number, length: number) =>
    from.map((value, k) => {
      const at = place(k);
      for (let d = Math.max(-reach, -at); value !== seek && d <= Math.min(reach, length - 1 - at); d++) {
        if (from[k + d * step] === seek) return seek;
      }
      return value;
    });
  const both = (from: Uint8Array, seek: 0 | 1) => {
    const rows = along(from, seek, 1, (k) => k % width, width);
    return along(rows, seek, width, (k) => Math.floor(k / width), height);
  };
  return both(both(map, 0), 1);
}
