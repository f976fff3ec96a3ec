/**
 * How pairs speak for a model. `ransac`: every pair within the threshold counts one. `msac`: truncated quadratic.
 * `magsac`: marginalised over the noise level.
 */
export type ScoreMethod = 'ransac' | 'msac' | 'magsac';

/** What a pair gives for its squared residual as a share s of the squared threshold, s in [0, 1). */
export interface RobustScore {
  /** Share of the score of a perfect pair: 1 at s = 0, falling to 0 at the threshold (`ransac`: 1 up to it). */
  gain(s: number): number;
  /** Its weight in the least squares of the next refinement. */
  weight(s: number): number;
}

const ransac: RobustScore = { gain: () => 1, weight: () => 1 };

const msac: RobustScore = {
  gain: (s) => 1 - s,
  // The score alone says weight 1 for all inliers; falling weights let one pair more or less change little.
  weight: (s) => (1 - s) ** 2,
};

/** Table entries over s. */
const STEPS = 2048;
/** 0.99 quantile of the χ distribution with four degrees of freedom, as MAGSAC++ has for point pairs. */
const REACH = 3.6437;

/**
 * The loss of MAGSAC++ (Baráth et al., CVPR 2020): Gaussian noise whose level is uniform between 0 and threshold/REACH.
 * Its weight is ∝ Γ(3/2, r²/2σ²) − Γ(3/2, REACH²/2) and the loss the integral of weight over r²; both are summed up
 * once into tables, from the far end and from the near end.
 */
function magsacScore(): RobustScore {
  const step = REACH ** 2 / 2 / STEPS;
  const weights = new Float64Array(STEPS + 1);
  for (let k = STEPS - 1; k >= 0; k--) {
    const x = (k + 0.5) * step;
    weights[k] = weights[k + 1] + Math.sqrt(x) * Math.exp(-x) * step;
  }
  const gains = new Float64Array(STEPS + 1);
  for (let k = STEPS - 1; k >= 0; k--) gains[k] = gains[k + 1] + (weights[k] + weights[k + 1]) / 2;
  const [fullWeight, fullGain] = [weights[0], gains[0]];
  const read = (table: Float64Array, full: number, s: number) => {
    const at = Math.min(STEPS - 1, Math.floor(s * STEPS));
    return (table[at] + (s * STEPS - at) * (table[at + 1] - table[at])) / full;
  };
  return { gain: (s) => read(gains, fullGain, s), weight: (s) => read(weights, fullWeight, s) };
}

let magsac: RobustScore | undefined;

export function robustScore(method: ScoreMethod): RobustScore {
  if (method === 'ransac') return ransac;
  return method === 'msac' ? msac : (magsac ??= magsacScore());
}
