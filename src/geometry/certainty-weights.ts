/**
 * How many times likelier a right match is than a wrong one to lie where a model has it: within about a third of a pixel of its
 * line, with matches to fractions of a pixel, or anywhere along 640 pixels.
 */
const RIGHT_OVER_WRONG = 1000;

/**
 * What matches count for in a robust fit, by the chance that each is right: the logarithm of how much likelier it is to lie on the
 * right model than beside it, log(1 + p · R), 1 for a certain one. A match that is right one time in twenty counts more than half as
 * much as a certain one: taken together, doubtful ones decide where the certain ones lie on one plane or are few.
 *
 * @param certainty of each match, 0 … 1
 */
export const certaintyWeights = (certainty: ArrayLike<number>): Float64Array =>
  Float64Array.from(certainty, (p) => Math.log1p(RIGHT_OVER_WRONG * p) / Math.log1p(RIGHT_OVER_WRONG));
