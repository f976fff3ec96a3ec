/** A stretch of a map's rows, `end` excluded. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/** What every WebGPU device can bind as one storage buffer: larger maps are computed in strips of rows. */
export const STRIP_BYTES = 128 * 2 ** 20;

/**
 * Divides a map into strips of an even number of rows (so that no 2×2 pooling window is cut) such that each, widened
 * by `reach` rows on either side, takes no more than `limit` bytes; two rows at least, whatever the limit.
 */
export function strips(height: number, bytesPerRow: number, reach: number, limit: number): Rows[] {
  if (height * bytesPerRow <= limit) return [{ first: 0, end: height }];
  const most = Math.max(1, Math.floor((limit / bytesPerRow - 2 * reach) / 2));
  // Pairs of rows, shared out evenly: a thin last strip would repeat its whole border for little.
  const pairs = Math.ceil(height / 2);
  const rows = 2 * Math.ceil(pairs / Math.ceil(pairs / most));
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => ({
    first: i * rows,
    end: Math.min((i + 1) * rows, height),
  }));
}

/** The rows within `reach` of a strip, as far as the map of `height` rows has them. */
export function widened({ first, end }: Rows, reach: number, height: number): Rows {
  return { first: Math.max(0, first - reach), end: Math.min(height, end + reach) };
}

/**
 * Padding above, left, below and right of a convolution of `reach` that makes rows `to` from rows `from`: the
 * map's own border is padded with zeros as ever, and rows that the strip has beyond `to` take padding's place.
 */
export function stripPadding(from: Rows, to: Rows, reach: number): [number, number, number, number] {
  return [reach - (to.first - from.first), reach, reach - (from.end - to.end), reach];
}
