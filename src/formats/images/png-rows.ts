import type { Size } from '../../core/geometry.ts';

/** Which pixels a pass of the picture holds: every stepX-th from x on in every stepY-th row from y on. */
export interface PngPass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const pass = (x: number, y: number, stepX: number, stepY: number): PngPass => ({ x, y, stepX, stepY });

/** Passes of both kinds of interlacing, in their order (section 8.2 of the PNG specification). */
export const PNG_PASSES: Readonly<Record<'none' | 'adam7', readonly PngPass[]>> = {
  none: [pass(0, 0, 1, 1)],
  adam7: [
    pass(0, 0, 8, 8),
    pass(4, 0, 8, 8),
    pass(0, 4, 4, 8),
    pass(2, 0, 4, 4),
    pass(0, 2, 2, 4),
    pass(1, 0, 2, 2),
    pass(0, 1, 1, 2),
  ],
};

/** Pixels of one pass; both sides may be 0 in small pictures. */
export function passSize({ x, y, stepX, stepY }: PngPass, { width, height }: Size): Size {
  return {
    width: Math.max(0, Math.ceil((width - x) / stepX)),
    height: Math.max(0, Math.ceil((height - y) / stepY)),
  };
}

/**
 * Undoes a row's filter in place (section 9.2): none, sub, up, average, Paeth. Returns false for other types.
 * @param previous the row above in the same pass, unfiltered; zeros above the first
 * @param pixelBytes bytes from a sample to the same sample of the pixel to the left, at least 1
 */
export function unfilter(type: number, row: Uint8Array, previous: Uint8Array, pixelBytes: number): boolean {
  const { length } = row;
  if (type === 1) {
    for (let i = pixelBytes; i < length; i++) row[i] += row[i - pixelBytes];
  } else if (type === 2) {
    for (let i = 0; i < length; i++) row[i] += previous[i];
  } else if (type === 3) {
    for (let i = 0; i < length; i++) row[i] += ((i < pixelBytes ? 0 : row[i - pixelBytes]) + previous[i]) >> 1;
  } else if (type === 4) {
    for (let i = 0; i < length; i++) {
      if (i < pixelBytes) row[i] += previous[i];
      else row[i] += paeth(row[i - pixelBytes], previous[i], previous[i - pixelBytes]);
    }
  } else return type === 0;
  return true;
}

/** Of left, above and above left, the one that is nearest to left + above − above left. */
function paeth(left: number, above: number, aboveLeft: number): number {
  const toLeft = Math.abs(above - aboveLeft);
  const toAbove = Math.abs(left - aboveLeft);
  const toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}
