import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { conv2d } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { bestColumns, rowAndColumn } from '../semi-dense/coarse-match.ts';
import { tokens } from '../semi-dense/tokens.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Weights } from '../weights.ts';
import type { BasicLayer, Convolution, Observe } from '../xfeat/backbone.ts';
import { basicLayers, normalisedGray, readStack, readXfeatBackbone, xfeatFeatures } from '../xfeat/backbone.ts';

/** Layers of either convolutional matcher before its last convolution. */
const LAYERS = 4;
/** Inference sums over every so many rows and columns of B, and over the best cell. */
const SUBGRID = 4;

const CHANNELS = { quarter: 24, eighth: 64 } as const;

/** The encoder of one photo: `image` [1, 3, h, w] in [0, 1], sides multiples of 32, to `f4` and `f8`, float32 always. */
export function buildEncoder(g: GraphBuilder, weights: Weights, size: Size, observe: Observe = () => {}): void {
  const image = g.input('image', 'float32', [1, 3, ...size]);
  // A cell's best partner decides between places far apart: half precision decides otherwise where two are as likely.
  g.exactly(() => {
    const backbone = readXfeatBackbone(weights.at('xfeat.0'));
    const { quarter, eighth } = g.scope('xfeat', () => xfeatFeatures(g, backbone, normalisedGray(g, image), observe));
    g.output('f4', quarter);
    g.output('f8', eighth);
  });
}

/** A stack of convolutions that moves a warp, and says how sure it is. */
interface ConvMatcher {
  readonly layers: readonly BasicLayer[];
  readonly out: Convolution;
}

/**
 * The decoder of one direction (Tiny RoMa v1 of the RoMa repository): global match at stride 8 from the correlation, moved
 * by one stack of convolutions there and by another at stride 4.
 *
 * @param pieceBytes most that is held at once of the correlation
 */
export function buildDecoder(
  g: GraphBuilder,
  weights: Weights,
  sizes: { readonly a: Size; readonly b: Size },
  pieceBytes = 32 * 2 ** 20,
  observe: Observe = () => {},
): void {
  const input = (side: 'a' | 'b', stride: 4 | 8): Value => {
    const [height, width] = sizes[side];
    const channels = stride === 4 ? CHANNELS.quarter : CHANNELS.eighth;
    return g.input(`${side}_f${stride}`, 'float32', [1, channels, height / stride, width / stride]);
  };
  const [a, b] = (['a', 'b'] as const).map((side) => ({ quarter: input(side, 4), eighth: input(side, 8) }));
  const coarseMatcher = readStack(weights.at('coarse_matcher'), 2 * CHANNELS.eighth + 2, LAYERS, 3);
  const fineMatcher = readStack(weights.at('fine_matcher'), 2 * CHANNELS.quarter + 2, LAYERS, 3);

  const global = g.scope('correlation', () => globalMatch(g, a.eighth, b.eighth, pieceBytes, observe));
  observe('coarse_warp', global);
  const unknown = g.constant(new Array(global.shape[2] * global.shape[3]).fill(0), 'float32', [
    1,
    1,
    ...global.shape.slice(2),
  ]);
  // Both stacks answer in pixels of B's input.
  const [heightB, widthB] = sizes.b;
  const steps = g.constant([2 / widthB, 2 / heightB, 1], 'float32', [1, 3, 1, 1]);
  const coarse = g.scope('coarse_matcher', () =>
    moved(g, coarseMatcher, a.eighth, b.eighth, op.concat(g, [global, unknown], 1), steps, (value) =>
      observe('coarse_delta', value),
    ),
  );
  observe('state_8', coarse);
  const fine = g.scope('fine_matcher', () => {
    const up = op.resize(g, coarse, [a.quarter.shape[2], a.quarter.shape[3]]);
    return moved(g, fineMatcher, a.quarter, b.quarter, up, steps, (value) => observe('fine_delta', value));
  });
  observe('state_4', fine);
  const [warp, logit] = op.split(g, op.resize(g, fine, sizes.a), 1, [2, 1]);
  g.output('warp', warp);
  g.output('certainty_logit', logit);
}

/**
 * Where each cell of A lies in B, [1, 2, h, w]: the mean place under a softmax of correlations. In inference that softmax is an
 * approximation, over every fourth row and column of B and over the best cell once more; the subgrid's correlations are of
 * its blocks' upper left cells, its places the blocks' centres.
 *
 * The published code puts the best cell's *index* where its correlation should be. Indices are mostly larger than
 * correlations, so that the best cell decides alone save in B's first row or so. Its published figures were measured so.
 */
function globalMatch(g: GraphBuilder, a: Value, b: Value, pieceBytes: number, observe: Observe): Value {
  const [, channels, height, width] = a.shape;
  const [, , heightB, widthB] = b.shape;
  const cells = height * width;
  const scale = 1 / Math.sqrt(channels);
  const { best } = bestColumns(g, tokens(g, a), tokens(g, b), { scale, pieceBytes });
  observe('best_match', best);

  const subgrid = op.slice(g, op.slice(g, b, 2, 0, undefined, SUBGRID), 3, 0, undefined, SUBGRID);
  const places = subgrid.shape[2] * subgrid.shape[3];
  const rows = op.mul(g, op.reshape(g, tokens(g, a), [cells, channels]), scale);
  const coarse = op.matMul(g, rows, op.reshape(g, subgrid, [channels, places]));
  const probabilities = op.softmax(g, op.concat(g, [coarse, op.reshape(g, best, [cells, 1])], 1), 1);
  const centres = blockCentres(heightB, widthB);
  const mean = op.matMul(
    g,
    op.slice(g, probabilities, 1, 0, places),
    g.constant(centres.flat(), 'float32', [places, 2]),
  );
  const { row, column } = rowAndColumn(g, op.reshape(g, best, [cells, 1]), widthB);
  const centre = (index: Value, extent: number): Value => op.sub(g, op.mul(g, op.add(g, index, 0.5), 2 / extent), 1);
  const bestPlace = op.concat(g, [centre(column, widthB), centre(row, heightB)], 1);
  const warp = op.add(g, mean, op.mul(g, op.slice(g, probabilities, 1, places), bestPlace));
  return op.reshape(g, op.transpose(g, warp, [1, 0]), [1, 2, height, width]);
}

/** (x, y) in [-1, 1] of the middle of each block of the subgrid, row by row. */
function blockCentres(height: number, width: number): number[][] {
  const axis = (extent: number): number[] =>
    Array.from({ length: extent / SUBGRID }, (_, i) => (SUBGRID * (2 * i + 1)) / extent - 1);
  return axis(height).flatMap((y) => axis(width).map((x) => [x, y]));
}

/** A state [1, 3, h, w] (x, y, logit) moved by what a stack makes of both features; `steps` are its units. */
function moved(
  g: GraphBuilder,
  { layers, out }: ConvMatcher,
  a: Value,
  b: Value,
  state: Value,
  steps: Value,
  observe: (delta: Value) => void,
): Value {
  const warp = op.slice(g, state, 1, 0, 2);
  const warped = op.gridSample(g, b, op.transpose(g, warp, [0, 2, 3, 1]));
  const delta = op.toFloat32(
    g,
    conv2d(g, basicLayers(g, op.concat(g, [a, warped, warp], 1), layers), out.weight, out.bias),
  );
  observe(delta);
  return op.add(g, state, op.mul(g, delta, steps));
}
