import { CodedError } from '../../../../core/errors.ts';
import type { Size } from '../../../../core/geometry.ts';

/** Throws `figure-too-large` where a stage (CSS pixels) at this scale does not fit on a canvas. */
export function checkFigure({ width, height }: Size, scale: number, maxSide: number): void {
  const side = Math.round(Math.max(width, height) * scale);
  if (side > maxSide) {
    throw new CodedError(
      'figure-too-large',
      `A figure ${side} px wide or high is more than the ${maxSide} px that fit here.`,
      'Choose a smaller scale.',
    );
  }
}
