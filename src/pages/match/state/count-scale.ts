import { MATCH_COUNT } from '../contract/view.ts';

/** The number of matches runs over three decades, so its slider is logarithmic: position 0…1 → count. */
export function countAt(position: number): number {
  const raw = MATCH_COUNT.min * (MATCH_COUNT.max / MATCH_COUNT.min) ** position;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(raw)) - 1);
  return Math.min(MATCH_COUNT.max, Math.max(MATCH_COUNT.min, Math.round(raw / step) * step));
}

/** Inverse of {@link countAt} up to its rounding to two digits. */
export function positionOf(count: number): number {
  return Math.log(count / MATCH_COUNT.min) / Math.log(MATCH_COUNT.max / MATCH_COUNT.min);
}
