/** Measures as the field computes them (design conventions: matching, pose, certainty). All pure. */

/** Share of errors within each threshold. NaN for no errors. */
export function shareWithin(errors: ArrayLike<number>, thresholds: readonly number[]): number[] {
  const counts = thresholds.map(() => 0);
  for (let i = 0; i < errors.length; i++) {
    for (let t = 0; t < thresholds.length; t++) if (errors[i] <= thresholds[t]) counts[t]++;
  }
  return counts.map((count) => count / errors.length);
}

export function median(values: ArrayLike<number>): number {
  if (!values.length) return NaN;
  const sorted = Float64Array.from(values as ArrayLike<number> & Iterable<number>).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/**
 * Area under the ROC curve of `score` as a test of `positive`: the chance that a positive scores above a negative,
 * ties counting half. NaN where one class is empty.
 */
export function auroc(score: ArrayLike<number>, positive: ArrayLike<boolean | number>): number {
  const n = score.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) => score[i] - score[j]);
  let rankSum = 0;
  let positives = 0;
  for (let begin = 0; begin < n; ) {
    let end = begin + 1;
    while (end < n && score[order[end]] === score[order[begin]]) end++;
    // Ranks begin + 1 … end, shared by ties.
    const rank = (begin + 1 + end) / 2;
    for (let k = begin; k < end; k++) {
      if (positive[order[k]]) {
        rankSum += rank;
        positives++;
      }
    }
    begin = end;
  }
  const negatives = n - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Area under the recall curve of pose errors up to each threshold (degrees), normalised to 1, trapezoidal,
 * as SuperGlue, LoFTR and RoMa report it.
 */
export function poseAuc(errors: readonly number[], thresholds: readonly number[]): number[] {
  const sorted = [...errors].sort((a, b) => a - b);
  const n = sorted.length;
  return thresholds.map((threshold) => {
    let area = 0;
    let lastError = 0;
    let lastRecall = 0;
    let k = 0;
    for (; k < n && sorted[k] < threshold; k++) {
      const recall = (k + 1) / n;
      area += ((lastRecall + recall) / 2) * (sorted[k] - lastError);
      lastError = sorted[k];
      lastRecall = recall;
    }
    return (area + lastRecall * (threshold - lastError)) / threshold;
  });
}

/**
 * Pose error in degrees: the larger of the angle between the rotations and the angle between the lines of the
 * translations, whose sign is left open as SuperGlue, LoFTR and RoMa do. Both poses take points of camera A to B.
 */
export function poseError(found: Pose, truth: Pose): number {
  let trace = 0;
  for (let k = 0; k < 9; k++) trace += found.rotation[k] * truth.rotation[k];
  const turned = Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2)));
  const length = (t: Pose['translation']) => Math.hypot(t[0], t[1], t[2]);
  const [f, t] = [found.translation, truth.translation];
  const cosine = (f[0] * t[0] + f[1] * t[1] + f[2] * t[2]) / (length(f) * length(t));
  // A truth without translation has no direction that could be wrong.
  const aside = length(t) > 0 ? Math.acos(Math.min(1, Math.abs(cosine))) : 0;
  return (Math.max(turned, aside) * 180) / Math.PI;
}

interface Pose {
  /** Row-major 3 × 3. */
  rotation: ArrayLike<number>;
  translation: ArrayLike<number>;
}
