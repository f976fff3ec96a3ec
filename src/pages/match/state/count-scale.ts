import { VIEW_PARAMS } from '../params.ts';

const [MIN, MAX] = VIEW_PARAMS.count.range;

/** The number of matches runs over three decades, so its slider is logarithmic: position 0…1 → count. */
export function countAt(position: number): number {
  const raw = MIN * (MAX / MIN) ** position;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(raw)) - 1);
  return Math.min(MAX, Math.max(MIN, Math.round(raw / step) * step));
}

/** Inverse of {@link countAt} up to its rounding to two digits. */
export function positionOf(count: number): number {
  return Math.log(count / MIN) / Math.log(MAX / MIN);
}
