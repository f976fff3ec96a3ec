import type { Size } from '../core/geometry.ts';

/**
 * Cosines as heat in 0…1. With a temperature: exp((cosine − highest) / temperature), a softmax with its peak at 1;
 * without: stretched between the lowest and the highest.
 */
export function heatOf(cosines: Float32Array, temperature: number | null): Float32Array<ArrayBuffer> {
  let [low, high] = [Infinity, -Infinity];
  for (const cosine of cosines) {
    low = Math.min(low, cosine);
    high = Math.max(high, cosine);
  }
  if (temperature !== null) return Float32Array.from(cosines, (cosine) => Math.exp((cosine - high) / temperature));
  const range = high - low || 1;
  return Float32Array.from(cosines, (cosine) => (cosine - low) / range);
}

/**
 * Indices of the highest cosines, best first, none within `exclusion` cells (Chebyshev distance) of a better one or of
 * `except`.
 */
export function topPlaces(
  cosines: Float32Array,
  grid: Size,
  count: number,
  exclusion: number,
  except: number | null = null,
): number[] {
  const chosen: number[] = [];
  const taken = new Uint8Array(cosines.length);
  const block = (place: number) => {
    const [column, row] = [place % grid.width, Math.floor(place / grid.width)];
    for (let y = Math.max(0, row - exclusion); y <= Math.min(grid.height - 1, row + exclusion); y++) {
      for (let x = Math.max(0, column - exclusion); x <= Math.min(grid.width - 1, column + exclusion); x++) {
        taken[y * grid.width + x] = 1;
      }
    }
  };
  if (except !== null) block(except);
  while (chosen.length < count) {
    let best = -1;
    for (let i = 0; i < cosines.length; i++) {
      if (!taken[i] && (best < 0 || cosines[i] > cosines[best])) best = i;
    }
    if (best < 0) break;
    chosen.push(best);
    block(best);
  }
  return chosen;
}

/** The place of a grid that holds a point given as shares of width and height. */
export function placeAt(x: number, y: number, grid: Size): number {
  const cell = (share: number, cells: number) => Math.min(cells - 1, Math.max(0, Math.floor(share * cells)));
  return cell(y, grid.height) * grid.width + cell(x, grid.width);
}

/** The centre of a place, as shares of width and height. */
export const centreOf = (place: number, grid: Size): { x: number; y: number } => ({
  x: ((place % grid.width) + 0.5) / grid.width,
  y: (Math.floor(place / grid.width) + 0.5) / grid.height,
});
