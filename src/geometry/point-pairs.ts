/** Correspondences as columns of equal length, in any one unit. Weights are optional and non-negative. */
export interface PointPairs {
  xa: ArrayLike<number>;
  ya: ArrayLike<number>;
  xb: ArrayLike<number>;
  yb: ArrayLike<number>;
  weight?: ArrayLike<number>;
}

/** Both sets through an affine map of its own each: x ↦ scale · (x − centre). */
export function movedPairs(pairs: PointPairs, a: Similarity, b: Similarity): PointPairs {
  const moved = (values: ArrayLike<number>, scale: number, centre: number) =>
    Float64Array.from(values, (value) => scale * (value - centre));
  return {
    xa: moved(pairs.xa, a.scale, a.x),
    ya: moved(pairs.ya, a.scale, a.y),
    xb: moved(pairs.xb, b.scale, b.x),
    yb: moved(pairs.yb, b.scale, b.y),
    weight: pairs.weight,
  };
}

/** A shift of `(x, y)` to the origin, then a scaling. */
export interface Similarity {
  x: number;
  y: number;
  scale: number;
}

/**
 * The similarity that moves `n` points to their centroid and to a mean distance of √2 from it (Hartley 1997);
 * `at(k)` is the index of the k-th of them.
 */
export function normalisation(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  n: number,
  at: (k: number) => number,
): Similarity {
  let cx = 0;
  let cy = 0;
  for (let k = 0; k < n; k++) {
    cx += x[at(k)] / n;
    cy += y[at(k)] / n;
  }
  let spread = 0;
  for (let k = 0; k < n; k++) spread += Math.hypot(x[at(k)] - cx, y[at(k)] - cy) / n;
  return { x: cx, y: cy, scale: spread > 0 ? Math.SQRT2 / spread : 1 };
}
