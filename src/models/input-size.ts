import type { Size } from '../core/geometry.ts';
import type { InputLimits } from './library-contract.ts';
import type { InputManifest } from './manifest.ts';

/**
 * The encoder's input size for a photo: the longer side near `longSide` (null: the manifest's default), each side
 * rounded to the multiple, the aspect ratio kept as nearly as that allows. Photos are enlarged too, so that
 * a small photo gets as fine a warp as a large one.
 */
export function inputSize(photo: Size, input: InputManifest, longSide: number | null): Size {
  const step = input.multipleOf;
  const lowest = Math.ceil(input.minSide / step) * step;
  const highest = Math.floor(input.maxLongSide / step) * step;
  const wanted = input.fixedSize || longSide === null ? input.defaultLongSide : longSide;
  const round = (side: number) => Math.min(highest, Math.max(lowest, Math.round(side / step) * step));
  const long = round(wanted);
  if (input.sizing === 'square') return { width: long, height: long };
  const aspect = photo.width / photo.height;
  return aspect >= 1 ? { width: long, height: round(long / aspect) } : { width: round(long * aspect), height: long };
}

/** What a person can choose of a matcher's input size. */
export function inputLimits({
  multipleOf,
  defaultLongSide,
  minSide,
  maxLongSide,
  fixedSize,
}: InputManifest): InputLimits {
  return {
    multiple: multipleOf,
    defaultLongSide,
    minLongSide: fixedSize ? defaultLongSide : minSide,
    maxLongSide: fixedSize ? defaultLongSide : maxLongSide,
  };
}
