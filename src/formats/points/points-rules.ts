import { CodedError } from '../../core/errors.ts';
import type { PixelCentre } from '../../core/points.ts';

/** A list of points as it was written: coordinates in its own convention. */
export interface ReadPoints {
  /** x, y of each point. */
  places: number[];
  /** As many as points, or none. */
  labels: string[];
  /** What the list says of its convention; null where it says nothing. */
  centre: PixelCentre | null;
}

/** The error for a list that breaks its format's rules in this line (counted from 1). */
export function malformedPoints(name: string, line: number | null, what: string): CodedError {
  const where = line === null ? `“${name}”` : `Line ${line} of “${name}”`;
  return new CodedError(
    'points-malformed',
    `${where}: ${what}`,
    'Give one point a line as x, y in pixels, or JSON such as [[120.5, 80.5], [33, 41]].',
  );
}

/** `0` and `0.5` as a convention; null for anything else. */
export const centreOf = (value: unknown): PixelCentre | null =>
  Number(value) === 0 && value !== '' ? 'integer' : Number(value) === 0.5 ? 'half' : null;

/** A piece of a file, short enough for a message. */
export const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
