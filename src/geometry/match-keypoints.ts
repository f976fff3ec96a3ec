import type { KeypointOptions } from '../core/points.ts';

/** Keypoints of one photo and where a warp takes them on the other: x, y of each, pixels. */
export interface WarpedKeypoints {
  count: number;
  places: Float64Array;
  /** On the other photo. */
  warped: Float64Array;
  certainty: ArrayLike<number>;
}

export interface KeypointPairs {
  indexA: number[];
  indexB: number[];
  /** Between A's keypoint taken to B and B's own, pixels of B. */
  distance: number[];
}

/**
 * Partners among two sets of keypoints by a dense warp, as RoMa's `match_keypoints`: A's keypoints are taken to B, and
 * a pair is kept where each is the other's nearest, closer than `maxDistance`, and the warp there more certain than
 * `minCertainty`. With `check: 'both'` the same is asked of B's keypoints taken to A, and only pairs that both give are
 * kept. RoMa measures in normalised coordinates, here pixels count alike in both directions; of keypoints at exactly
 * the same distance RoMa keeps all, here the first in its list.
 */
export function matchKeypoints(a: WarpedKeypoints, b: WarpedKeypoints, options: KeypointOptions): KeypointPairs {
  const { maxDistance, minCertainty, check } = options;
  const forward = mutuallyNearest(a.warped, b.places, maxDistance);
  const backward = check === 'both' ? mutuallyNearest(b.warped, a.places, maxDistance) : null;
  const pairs: KeypointPairs = { indexA: [], indexB: [], distance: [] };
  for (let i = 0; i < a.count; i++) {
    const j = forward[i];
    if (j < 0 || !(a.certainty[i] > minCertainty)) continue;
    if (backward && (backward[j] !== i || !(b.certainty[j] > minCertainty))) continue;
    pairs.indexA.push(i);
    pairs.indexB.push(j);
    pairs.distance.push(Math.hypot(a.warped[2 * i] - b.places[2 * j], a.warped[2 * i + 1] - b.places[2 * j + 1]));
  }
  return pairs;
}

/**
 * For each of `from` the index in `to` where both are each other's nearest and closer than `limit`, else −1. A nearer
 * one than a partner within the limit is within it too, so that a grid of cells of that size finds all.
 * @param from, to x and y in turn; NaN for what lies nowhere
 */
export function mutuallyNearest(from: Float64Array, to: Float64Array, limit: number): Int32Array {
  const there = nearest(from, to, limit);
  const back = nearest(to, from, limit);
  return there.map((j, i) => (j >= 0 && back[j] === i ? j : -1));
}

/** Index in `to` of the nearest that is closer than `limit`; −1 where there is none. */
function nearest(from: Float64Array, to: Float64Array, limit: number): Int32Array {
  const cells = new Map<string, number[]>();
  const cell = (value: number) => Math.floor(value / limit);
  for (let j = 0; 2 * j < to.length; j++) {
    const key = `${cell(to[2 * j])},${cell(to[2 * j + 1])}`;
    const list = cells.get(key);
    if (list) list.push(j);
    else cells.set(key, [j]);
  }
  const found = new Int32Array(from.length / 2).fill(-1);
  for (let i = 0; i < found.length; i++) {
    const [x, y] = [from[2 * i], from[2 * i + 1]];
    if (Number.isNaN(x)) continue;
    let best = limit ** 2;
    for (let row = cell(y) - 1; row <= cell(y) + 1; row++) {
      for (let column = cell(x) - 1; column <= cell(x) + 1; column++) {
        for (const j of cells.get(`${column},${row}`) ?? []) {
          const squared = (to[2 * j] - x) ** 2 + (to[2 * j + 1] - y) ** 2;
          if (squared < best || (squared === best && found[i] >= 0 && j < found[i])) [best, found[i]] = [squared, j];
        }
      }
    }
  }
  return found;
}
