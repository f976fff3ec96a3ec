import type { Size } from '../../core/geometry.ts';

/** A map [h, w] read bilinearly (half-pixel centres, edges clamped) at another size. */
export function resizeMap(map: Float32Array, from: Size, to: Size): Float32Array {
  const resized = new Float32Array(to.width * to.height);
  const columns = Array.from({ length: to.width }, (_, x) => tap(x, from.width, to.width));
  for (let y = 0, out = 0; y < to.height; y++) {
    const [top, bottom, down] = tap(y, from.height, to.height);
    for (let x = 0; x < to.width; x++) {
      const [left, right, across] = columns[x];
      const above = map[top * from.width + left] * (1 - across) + map[top * from.width + right] * across;
      const below = map[bottom * from.width + left] * (1 - across) + map[bottom * from.width + right] * across;
      resized[out++] = above * (1 - down) + below * down;
    }
  }
  return resized;
}

function tap(place: number, from: number, to: number): [low: number, high: number, share: number] {
  const centre = Math.min(Math.max(((place + 0.5) * from) / to - 0.5, 0), from - 1);
  const low = Math.floor(centre);
  return [low, Math.min(low + 1, from - 1), centre - low];
}
