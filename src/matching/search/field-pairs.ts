import type { PlainField } from '../../compute/field/cpu.ts';

/** About `most` entries of a list, evenly spread over it; all of a shorter one. */
export function thinned<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.floor(list.length / most));
  return list.filter((_, i) => i % step === 0);
}

/** Places of a field, by index, with what they are matched to: normalised, the field's photo first. */
export function pairsAt({ grid: { width, height }, warp }: PlainField, indices: readonly number[]) {
  const points = width * height;
  return {
    xa: indices.map((k) => (2 * (k % width) + 1) / width - 1),
    ya: indices.map((k) => (2 * Math.floor(k / width) + 1) / height - 1),
    xb: indices.map((k) => warp[k]),
    yb: indices.map((k) => warp[points + k]),
  };
}
