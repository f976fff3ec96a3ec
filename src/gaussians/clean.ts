import type { GaussianTable } from './table.ts';
import { MAX_OPACITY_LOGIT, selectGaussians } from './table.ts';

/**
 * Logarithms of standard deviations are kept within ±20: e⁻²⁰ is 2e-9 of a unit. Formats that store the deviation
 * itself hold exact zeros, whose logarithm no arithmetic survives.
 */
export const MAX_LOG_SCALE = 20;

/**
 * Brings a table that a reader has filled to what {@link GaussianTable} promises, in place: quaternions of length 1
 * (the identity where all four are zero), log scales within ±{@link MAX_LOG_SCALE}, logits within
 * ±{@link MAX_OPACITY_LOGIT}. Gaussians with a value that is not a number, or with an infinite position, size, colour
 * or rotation, have no place in a picture: they are left out, and counted.
 */
export function cleanTable(table: GaussianTable): { table: GaussianTable; dropped: number } {
  const { count, logScales, quaternions, opacityLogits } = table;
  const kept: number[] | null = isAllFinite(table) ? null : finiteIndices(table);
  for (let i = 0; i < logScales.length; i++) logScales[i] = clamp(logScales[i], MAX_LOG_SCALE);
  for (let i = 0; i < count; i++) opacityLogits[i] = clamp(opacityLogits[i], MAX_OPACITY_LOGIT);
  for (let i = 0; i < 4 * count; i += 4) {
    const length = Math.hypot(quaternions[i], quaternions[i + 1], quaternions[i + 2], quaternions[i + 3]);
    if (length > 0) for (let k = 0; k < 4; k++) quaternions[i + k] /= length;
    else quaternions[i] = 1;
  }
  return kept ? { table: selectGaussians(table, kept), dropped: count - kept.length } : { table, dropped: 0 };
}

const clamp = (value: number, limit: number): number => Math.min(Math.max(value, -limit), limit);

/** Minus infinity is the logarithm of a deviation of zero, which is a disc's; plus infinity is nobody's. */
const isNoScale = (value: number): boolean => !(value < Infinity);

/** The columns in which an infinity is as wrong as what is not a number; logits are clamped. */
const strictColumns = (table: GaussianTable) =>
  [
    [table.positions, 3],
    [table.quaternions, 4],
    [table.sh0, 3],
    [table.shRest, table.shRest.length / (table.count || 1)],
  ] as const;

/** Whether nothing has to be dropped: one pass without a branch for each Gaussian. */
function isAllFinite(table: GaussianTable): boolean {
  for (const [values] of strictColumns(table)) {
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  }
  return !table.opacityLogits.some(Number.isNaN) && !table.logScales.some(isNoScale);
}

function finiteIndices(table: GaussianTable): number[] {
  const bad = new Uint8Array(table.count);
  for (const [values, width] of strictColumns(table)) {
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) bad[Math.floor(i / width)] = 1;
  }
  for (let i = 0; i < table.count; i++) {
    if (Number.isNaN(table.opacityLogits[i])) bad[i] = 1;
    for (let k = 0; k < 3; k++) if (isNoScale(table.logScales[3 * i + k])) bad[i] = 1;
  }
  const kept: number[] = [];
  for (let i = 0; i < table.count; i++) if (!bad[i]) kept.push(i);
  return kept;
}
