import type { GraphBuilder } from '../onnx/graph-builder.ts';
import * as op from '../onnx/ops.ts';
import type { Value } from '../onnx/value.ts';

type Triple = [number, number, number];

export interface Normalisation {
  readonly mean: Triple;
  readonly std: Triple;
}

const IMAGENET: Normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const NONE: Normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
/** Of SAT-493M, the satellite images that some DINOv3 were trained on. */
const SATELLITE: Normalisation = { mean: [0.43, 0.411, 0.296], std: [0.213, 0.156, 0.143] };

const NORMALISATIONS = { imagenet: IMAGENET, satellite: SATELLITE, none: NONE };
export type NormalisationName = keyof typeof NORMALISATIONS;

/** What the network wants, and what the manifest tells its user to do. */
export function chooseNormalisation(
  options: { readonly normalise?: NormalisationName; readonly normaliseInside?: boolean },
  byDefault: NormalisationName,
): { wanted: Normalisation; outside: Normalisation } {
  const wanted = NORMALISATIONS[options.normalise ?? byDefault];
  return { wanted, outside: options.normaliseInside ? NONE : wanted };
}

/** The graph's `image` input, [1, 3, height, width] float32, normalised in the graph where it is to be. */
export function imageInput(
  g: GraphBuilder,
  size: readonly [height: number, width: number],
  { mean, std }: Normalisation,
  inside: boolean,
): Value {
  const image = g.input('image', 'float32', [1, 3, ...size]);
  if (!inside) return image;
  const perChannel = (values: Triple): Value => g.constant(values, 'float32', [1, 3, 1, 1]);
  return g.scope('normalise', () => op.div(g, op.sub(g, image, perChannel(mean)), perChannel(std)));
}
