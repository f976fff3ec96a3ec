/** An ellipse about a place: half axes, the longer first, and the angle of the longer one from x towards y in degrees. */
export interface Ellipse {
  readonly major: number;
  readonly minor: number;
  readonly angle: number;
}

/**
 * The ellipse of one standard deviation of a covariance [[xx, xy], [xy, yy]].
 * @returns half axes in the covariance's unit; infinite where it is
 */
export function deviationEllipse({ xx, xy, yy }: { xx: number; xy: number; yy: number }): Ellipse {
  if (![xx, xy, yy].every(Number.isFinite)) return { major: Infinity, minor: Infinity, angle: 0 };
  const mean = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return {
    major: Math.sqrt(Math.max(0, mean + spread)),
    minor: Math.sqrt(Math.max(0, mean - spread)),
    angle: (Math.atan2(2 * xy, xx - yy) * 90) / Math.PI,
  };
}

/** A covariance seen through the linear map [[a, b], [c, d]]. */
export function mappedCovariance(
  { xx, xy, yy }: { xx: number; xy: number; yy: number },
  [a, b, c, d]: readonly [number, number, number, number],
): { xx: number; xy: number; yy: number } {
  return {
    xx: a * a * xx + 2 * a * b * xy + b * b * yy,
    xy: a * c * xx + (a * d + b * c) * xy + b * d * yy,
    yy: c * c * xx + 2 * c * d * xy + d * d * yy,
  };
}
