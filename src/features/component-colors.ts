/** Added to the standard deviation, as L2M's figures do: a photo of one colour must not divide by zero. */
export const EPSILON = 1e-5;

/**
 * Three component scores per place as red, green and blue in [0, 1], each component at the photo's own mean and spread:
 * (x − mean) / (std + 1e-5) · 0.5 + 0.5, clipped. The scaling of the feature figures of L2M and FiT3D.
 *
 * @param scores [points, 3]
 */
export function componentColors(scores: Float32Array): Float32Array<ArrayBuffer> {
  const points = scores.length / 3;
  const colors = new Float32Array(scores.length);
  for (let k = 0; k < 3; k++) {
    let sum = 0;
    for (let at = k; at < scores.length; at += 3) sum += scores[at];
    const mean = sum / points;
    let squares = 0;
    for (let at = k; at < scores.length; at += 3) squares += (scores[at] - mean) ** 2;
    // Unbiased, as torch.std is.
    const deviation = Math.sqrt(squares / Math.max(1, points - 1)) + EPSILON;
    for (let at = k; at < scores.length; at += 3) {
      colors[at] = Math.min(1, Math.max(0, ((scores[at] - mean) / deviation) * 0.5 + 0.5));
    }
  }
  return colors;
}
