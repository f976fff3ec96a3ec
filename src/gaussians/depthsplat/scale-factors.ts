/** Of the baseline that a pair's depths ask for: tried uphill from 1, further the same way as long as that helps. */
export const SCALE_FACTORS: readonly number[] = [0.5, 0.7, 1, 1.4, 2];
