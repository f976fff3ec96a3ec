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
