import type { Size } from '../../../../core/geometry.ts';

/** Disparity as it was found, of any range and unit; larger is nearer. */
export interface DisparityMap {
  /** [h, w], finite. */
  readonly disparity: Float32Array;
  readonly size: Size;
}

/**
 * Gives every place that is not a number the value of a nearest place that is (by steps along rows and columns), in
 * place. Returns how many there were; where all are missing nothing is changed.
 */
export function fillMissing(map: Float32Array, { width, height }: Size): number {
  const queue = new Int32Array(map.length);
  let end = 0;
  for (let i = 0; i < map.length; i++) if (!Number.isNaN(map[i])) queue[end++] = i;
  const missing = map.length - end;
  if (!missing || !end) return missing;
  // Breadth first from all known places at once: each missing one is reached first from a nearest.
  for (let begin = 0; begin < end; begin++) {
    const i = queue[begin];
    const x = i % width;
    const value = map[i];
    if (x > 0 && Number.isNaN(map[i - 1])) map[(queue[end++] = i - 1)] = value;
    if (x + 1 < width && Number.isNaN(map[i + 1])) map[(queue[end++] = i + 1)] = value;
    if (i >= width && Number.isNaN(map[i - width])) map[(queue[end++] = i - width)] = value;
    if (i + width < width * height && Number.isNaN(map[i + width])) map[(queue[end++] = i + width)] = value;
  }
  return missing;
}

/**
 * The map on another grid over the same picture: bilinear between pixel centres, the border clamped. Where one of the
 * four neighbours is not finite the nearest is taken, so that nothing is blended with a hole. Always a copy.
 */
export function resizeDisparity({ disparity, size }: DisparityMap, to: Size): Float32Array {
  if (size.width === to.width && size.height === to.height) return disparity.slice();
  const out = new Float32Array(to.width * to.height);
  const columns = taps(size.width, to.width);
  const rows = taps(size.height, to.height);
  for (let y = 0; y < to.height; y++) {
    const above = rows.low[y] * size.width;
    const below = rows.high[y] * size.width;
    const fy = rows.share[y];
    for (let x = 0; x < to.width; x++) {
      const [left, right, fx] = [columns.low[x], columns.high[x], columns.share[x]];
      const upper = disparity[above + left] * (1 - fx) + disparity[above + right] * fx;
      const lower = disparity[below + left] * (1 - fx) + disparity[below + right] * fx;
      const value = upper * (1 - fy) + lower * fy;
      const nearest = (fy < 0.5 ? above : below) + (fx < 0.5 ? left : right);
      out[y * to.width + x] = Number.isFinite(value) ? value : disparity[nearest];
    }
  }
  return out;
}

/** Both neighbours of each target pixel along one axis, and the share of the higher one. */
function taps(from: number, to: number): { low: Int32Array; high: Int32Array; share: Float32Array } {
  const [low, high, share] = [new Int32Array(to), new Int32Array(to), new Float32Array(to)];
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    low[i] = Math.floor(at);
    high[i] = Math.min(low[i] + 1, from - 1);
    share[i] = at - low[i];
  }
  return { low, high, share };
}
