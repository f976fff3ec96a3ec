import { CodedError } from '../../core/errors.ts';
import type {
  FeatureManifest,
  InputManifest,
  NetworkFile,
  PassManifest,
  VerdictThresholds,
} from '../../models/manifest.ts';
import { MANIFEST_SCHEMA } from '../../models/manifest.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { describeModel } from '../identity.ts';
import type { ConversionOptions, ConversionPlan, Size } from '../plan.ts';
import { newGraph } from '../plan.ts';

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

/** A matcher of one pass on squares of one size. */
interface SinglePassMatcher {
  /** The file that the model is named after. */
  readonly name: string;
  readonly size: Size;
  /** What sides are multiples of. */
  readonly multiple: number;
  /** What the encoder gives the decoder of both photos. */
  readonly features: readonly FeatureManifest[];
  /** The decoder also outputs the network's own matches. */
  readonly hasMatches: boolean;
  readonly verdict: VerdictThresholds;
  readonly encoder: (g: GraphBuilder) => void;
  readonly decoder: (g: GraphBuilder, sizes: { a: Size; b: Size }) => void;
}

/** Both graphs of such a matcher, built from shapes, and its manifest. */
export function singlePassPlan(
  { name, size, multiple, features, hasMatches, verdict, ...build }: SinglePassMatcher,
  options: ConversionOptions,
): Pick<ConversionPlan, 'graphs' | 'manifest'> {
  const [encoder, decoder] = [newGraph('encoder', options), newGraph('decoder', options)];
  build.encoder(encoder);
  build.decoder(decoder, { a: size, b: size });
  return {
    graphs: [
      { file: 'encoder', graph: encoder },
      { file: 'decoder', graph: decoder },
    ],
    manifest: (files) => ({
      schema: MANIFEST_SCHEMA,
      ...describeModel(name, options),
      passes: [singlePass(squareInput(size, multiple), features, files, hasMatches)],
      verdict,
    }),
  };
}

/** What the page does to a photo first: resize it to the square, RGB in [0, 1]. */
function squareInput([side]: Size, multiple: number): InputManifest {
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
 * The manifest's only pass: every feature of both photos goes into the decoder as `a_<name>` and `b_<name>`, which gives
 * warp and certainty at full resolution.
 *
 * @param hasMatches whether the decoder also outputs the network's own matches
 */
function singlePass(
  input: InputManifest,
  features: readonly FeatureManifest[],
  files: ReadonlyMap<string, NetworkFile>,
  hasMatches: boolean,
): PassManifest {
  return {
    input,
    encoder: { ...files.get('encoder')!, input: 'image', outputs: [...features] },
    decoder: {
      ...files.get('decoder')!,
      inputs: Object.fromEntries(
        ['a', 'b'].flatMap((side) => features.map(({ name }) => [`${side}_${name}`, `${side}.${name}`])),
      ),
      outputs: { warp: 'warp', certaintyLogit: 'certainty_logit', ...(hasMatches && { matches: 'matches' }) },
      stride: 1,
    },
  };
}

/** Features named `f2`, `f4`, … by their strides. */
export function stridedFeatures(channels: Readonly<Record<number, number>>): FeatureManifest[] {
  return Object.keys(channels)
    .map(Number)
    .map((stride) => ({ name: `f${stride}`, stride, channels: channels[stride] }));
}
