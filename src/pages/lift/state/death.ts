import { toPlainError } from '../../../core/errors.ts';

/** Codes of the lift worker's end: told once, by whoever watches it, not by every call that it took along. */
const CODES = new Set(['lift-crashed', 'lift-start', 'lift-start-timeout', 'lift-device-lost']);

export const isLiftDeath = (thrown: unknown): boolean => CODES.has(toPlainError(thrown).code);
