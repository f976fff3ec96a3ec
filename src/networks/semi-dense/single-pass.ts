import { CodedError } from '../../core/errors.ts';
import type { InputManifest, NetworkFile, PassManifest } from '../../models/manifest.ts';
import type { ConversionOptions, Size } from '../plan.ts';

/**
 * The input size of a matcher whose graphs are built for one square size.
 * @throws CodedError `input-size` where it is not square, not a multiple or out of bounds
 */
export function squareSize(options: ConversionOptions, byDefault: number, multiple: number): Size {
  const [height, width] = options.size ?? [byDefault, byDefault];
  if (height === width && height % multiple === 0 && height >= 2 * multiple && height <= 2048) return [height, width];
  const nearest = Math.min(2048, Math.max(2, Math.round(Math.max(height, width) / multiple)) * multiple);
  throw new CodedError(
    'input-size',
    `This matcher's input is square, with a side that is a multiple of ${multiple} up to 2048; ${width}×${height} is not.`,
    `Give one number, for example ${nearest}.`,
  );
}

/** What the page does to a photo first: resize it to the square, RGB in [0, 1]. */
export function squareInput([side]: Size, multiple: number): InputManifest {
  return {
    sizing: 'square',
    multipleOf: multiple,
    defaultLongSide: side,
    minSide: side,
    maxLongSide: side,
    fixedSize: true,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
}

/**
 * The manifest's only pass: features `f2`, `f4`, … of both photos go into the decoder as `a2`, `b2`, …, which gives warp
 * and certainty at full resolution.
 *
 * @param channels of each feature, by its stride
 */
export function singlePass(
  input: InputManifest,
  channels: Readonly<Record<number, number>>,
  files: ReadonlyMap<string, NetworkFile>,
  hasMatches: boolean,
): PassManifest {
  const strides = Object.keys(channels).map(Number);
  return {
    input,
    encoder: {
      ...files.get('encoder')!,
      input: 'image',
      outputs: strides.map((stride) => ({ name: `f${stride}`, stride, channels: channels[stride] })),
    },
    decoder: {
      ...files.get('decoder')!,
      inputs: Object.fromEntries(
        ['a', 'b'].flatMap((side) => strides.map((stride) => [`${side}${stride}`, `${side}.f${stride}`])),
      ),
      outputs: { warp: 'warp', certaintyLogit: 'certainty_logit', ...(hasMatches && { matches: 'matches' }) },
      stride: 1,
    },
  };
}
