import type { Size } from '../../../../core/geometry.ts';
import { rangeOf } from '../../../../compute/monocular/sky.ts';
import type { DepthSettings } from '../../contract/settings.ts';
import { gaussianBlur } from '../../../../compute/smooth/cpu.ts';

/** Added to the normalised disparity, so that a shift of 0 still gives a finite depth (L2M's min-max + 0.001). */
export const DISPARITY_FLOOR = 0.001;

export type DisparitySettings = Pick<DepthSettings, 'blur' | 'clip'>;

/**
 * What the person set, applied to a disparity map [h, w] of any range, larger is nearer: Gaussian blur, min-max
 * normalisation to 0…1, clamping to `clip`, plus {@link DISPARITY_FLOOR}. The result lies in 0.001…1.001 and is what
 * z = 1 / (scale · d + shift) takes. A constant map becomes the middle, a flat scene. Values must be finite.
 * @returns a new map
 */
export function prepareDisparity(disparity: Float32Array, size: Size, { blur, clip }: DisparitySettings): Float32Array {
  const prepared = gaussianBlur(disparity, size, blur);
  const [low, high] = rangeOf(prepared);
  const [clipLow, clipHigh] = clip;
  const range = high - low;
  for (let i = 0; i < prepared.length; i++) {
    const normalised = range > 0 ? (prepared[i] - low) / range : 0.5;
    prepared[i] = Math.min(Math.max(normalised, clipLow), clipHigh) + DISPARITY_FLOOR;
  }
  return prepared;
}
