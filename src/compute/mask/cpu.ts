import { type FieldMask, insideShare, isCellInMask, isInMask } from '../../core/mask.ts';
import type { Point, Size } from '../../core/geometry.ts';
import type { Probe } from '../probe/cpu.ts';
import type { SideStatistics } from '../statistics/cpu.ts';

/** Whether anything of either photo is left out. */
export const isMasking = (mask: FieldMask | undefined): mask is FieldMask => Boolean(mask?.here || mask?.there);

/**
 * Certainty [h, w] with 0 where a place or its match is left out: a cell whose centre is outside of this photo's mask, or whose
 * warp ([2, h, w], normalised) leads outside of the other's.
 */
export function maskCertainty(
  certainty: Float32Array,
  warp: Float32Array,
  { width, height }: Size,
  { here, there }: FieldMask,
): Float32Array {
  const masked = certainty.slice();
  const points = width * height;
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const isIn =
        (!here || isCellInMask(here, column, row, { width, height })) &&
        isInMask(there, { x: warp[i], y: warp[points + i] });
      if (!isIn) masked[i] = 0;
    }
  }
  return masked;
}

/** What a field says of a normalised place, with certainty 0 outside of the masks: between cells a reading blends both. */
export const maskedProbe = (probe: Probe, point: Point, mask: FieldMask | undefined): Probe =>
  isInMask(mask?.here, point) && isInMask(mask?.there, probe.to) ? probe : { ...probe, certainty: 0 };

/** Statistics with shares of what the photo's own mask leaves: a small part of a photo can be seen wholly. */
export function maskedStatistics(side: SideStatistics, mask: FieldMask | undefined, grid: Size): SideStatistics {
  const inside = insideShare(mask?.here, grid);
  if (inside === 1) return side;
  const share = (value: number) => (inside > 0 ? value / inside : 0);
  return {
    ...side,
    meanCertainty: share(side.meanCertainty),
    certainShare: share(side.certainShare),
    consistentShare: share(side.consistentShare),
  };
}
