/** Beyond this the sigmoid is 0 or 1 in float32, and its exponential near the end of the range. */
export const LOGIT_LIMIT = 80;

/**
 * Certainty [h, w] of a field: the sigmoid of the decoder's logit, 0 where the warp ([2, h, w], normalised)
 * leaves the other photo.
 */
export function certainty(warp: Float32Array, logit: Float32Array): Float32Array {
  const points = logit.length;
  const probability = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    const inside = Math.abs(warp[i]) <= 1 && Math.abs(warp[points + i]) <= 1;
    const bounded = Math.min(Math.max(logit[i], -LOGIT_LIMIT), LOGIT_LIMIT);
    probability[i] = inside ? 1 / (1 + Math.exp(-bounded)) : 0;
  }
  return probability;
}

/** Nearer to 0 and 1 a certainty in float32 tells no logit. */
const CERTAINTY_STEP = 1e-7;

/** Logits whose certainty is the given one with a shift added, see {@link certainty}. */
export const shiftedLogits = (certainty: Float32Array, shift: Float32Array): Float32Array =>
  certainty.map((value, k) => {
    const bounded = Math.min(Math.max(value, CERTAINTY_STEP), 1 - CERTAINTY_STEP);
    return Math.log(bounded / (1 - bounded)) + shift[k];
  });
