import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { matchCells, rowAndColumn } from '../semi-dense/coarse-match.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import { insideBorder, outputField, outputMatches, spreadCells } from '../semi-dense/dense-field.ts';
import { gray } from '../semi-dense/gray.ts';
import { tokens } from '../semi-dense/tokens.ts';
import type { Weights } from '../weights.ts';
import { readResNetFpn, resNetFpn } from './backbone.ts';
import type { LoftrConfig } from './config.ts';
import type { AttentionLayer, Pair } from './transformer.ts';
import { positionAxes, readTransformer, transform } from './transformer.ts';

const CELL = 8;
const TEMPERATURE = 0.1;
/** Side of the fine windows at stride 2, and how far apart their centres are. */
const WINDOW = 5;
const WINDOW_STEP = 4;

export type Observe = (name: string, value: Value) => void;

/**
 * The encoder of one photo: `image` [1, 3, h, w], sides multiples of 8, to `f2` and to `f8`, which has the position code
 * added already.
 */
export function buildEncoder(
  g: GraphBuilder,
  weights: Weights,
  config: LoftrConfig,
  size: Size,
  observe: Observe = () => {},
): void {
  const network = readResNetFpn(weights.at('backbone'), config);
  const { coarse, fine } = resNetFpn(g, gray(g, g.input('image', 'float32', [1, 3, ...size])), network, observe);
  const [, channels, height, width] = coarse.shape;
  const table = (axis: 'x' | 'y', shape: readonly number[]): Value => {
    const load = async () => positionAxes(channels, height, width, config.positions)[axis];
    return g.derivedWeight(`positions.${axis}`, shape, load, 'float32');
  };
  observe('feats_c', coarse);
  observe('feats_f', fine);
  const positions = op.add(g, table('x', [1, channels, 1, width]), table('y', [1, channels, height, 1]));
  const placed = op.add(g, op.toFloat32(g, coarse), positions);
  g.output('f2', fine);
  g.output('f8', placed);
}

/** What joins fine windows with the cells' coarse features, and transforms both. */
interface FineNetwork {
  readonly down: { readonly weight: CheckpointTensor; readonly bias: CheckpointTensor };
  readonly merge: { readonly weight: CheckpointTensor; readonly bias: CheckpointTensor };
  readonly layers: readonly AttentionLayer[];
}

/**
 * The decoder of one direction, from both photos' features to the contract's `warp` and `certainty_logit` at full
 * resolution and the network's own `matches`. A is upstream's image 0.
 */
export function buildDecoder(
  g: GraphBuilder,
  weights: Weights,
  config: LoftrConfig,
  sizes: { readonly a: Size; readonly b: Size },
  observe: Observe = () => {},
): void {
  const [fineWidth, , width] = config.widths;
  const input = (side: 'a' | 'b') => {
    const [rows, columns] = sizes[side];
    return {
      fine: g.input(`${side}_f2`, g.precision.compute, [1, fineWidth, rows / 2, columns / 2]),
      coarse: g.input(`${side}_f8`, 'float32', [1, width, rows / CELL, columns / CELL]),
    };
  };
  const [a, b] = [input('a'), input('b')];
  const layers = readTransformer(weights.at('loftr_coarse'), config.layers, width);
  const coarse = g.scope('transformer', () =>
    transform(g, layers, [tokens(g, a.coarse), tokens(g, b.coarse)], config.heads, observe),
  );
  observe('coarse_0', coarse[0]);
  observe('coarse_1', coarse[1]);
  const cells = { a: cellsOf(sizes.a), b: cellsOf(sizes.b) };
  const { best, confidence, mutual } = g.scope('coarse', () =>
    matchCells(
      g,
      coarse[0],
      coarse[1],
      { scale: 1 / (width * TEMPERATURE), confidence: 'dual-softmax', pieceBytes: config.pieceBytes },
      observe,
    ),
  );
  observe('best', best);
  observe('cell_confidence', confidence);

  const square = (name: string) => ({
    weight: weights.take(`fine_preprocess.${name}.weight`, [fineWidth, name === 'down_proj' ? width : 2 * fineWidth]),
    bias: weights.take(`fine_preprocess.${name}.bias`, [fineWidth]),
  });
  const network = {
    down: square('down_proj'),
    merge: square('merge_feat'),
    layers: readTransformer(weights.at('loftr_fine'), config.fineLayers, fineWidth),
  };
  const expectation = g.scope('fine', () =>
    refineCells(g, network, config, coarse, [a.fine, b.fine], best, cells, observe),
  );
  observe('expec_f', expectation);

  const count = cells.a[0] * cells.a[1];
  const places = rowAndColumn(
    g,
    g.constant(
      Array.from({ length: count }, (_, i) => i),
      'float32',
    ),
    cells.a[1],
  );
  const theirs = rowAndColumn(g, best, cells.b[1]);
  const corner = ({ row, column }: { row: Value; column: Value }): Value =>
    op.mul(g, op.concat(g, [op.reshape(g, column, [count, 1]), op.reshape(g, row, [count, 1])], 1), CELL);
  // Half a window at stride 2 is four pixels.
  const target = op.add(g, corner(theirs), op.mul(g, op.slice(g, expectation, 1, 0, 2), WINDOW - 1));
  g.scope('matches', () => {
    const isMatch = [
      mutual,
      op.cast(g, op.greater(g, confidence, config.threshold), 'float32'),
      insideBorder(g, places, cells.a, config.border),
      insideBorder(g, theirs, cells.b, config.border),
    ].reduce((x, y) => op.mul(g, x, y));
    outputMatches(g, { a: corner(places), b: target, confidence, isMatch }, cells.a);
  });
  g.scope('dense', () => {
    const asMap = (x: Value, channels: number): Value =>
      op.reshape(g, op.transpose(g, op.reshape(g, x, [count, channels]), [1, 0]), [1, channels, ...cells.a]);
    const certainty = op.mul(g, op.reshape(g, confidence, [count, 1]), sharpness(g, expectation));
    observe('cell_certainty', certainty);
    const field = spreadCells(g, asMap(op.sub(g, target, corner(places)), 2), asMap(certainty, 1), sizes.a);
    outputField(g, field.displacement, field.certainty, sizes.b);
  });
}

const cellsOf = ([height, width]: Size): Size => [height / CELL, width / CELL];

/** 1 for a heat map of one peak, 0 for a uniform one, from its standard deviations: [cells, 1]. */
function sharpness(g: GraphBuilder, expectation: Value): Value {
  return op.clip(g, op.add(g, op.mul(g, op.slice(g, expectation, 1, 2), -Math.SQRT1_2), 1), 0, 1);
}

/**
 * The fine stage (LoFTR, section 3.4) for every cell of A with its best cell of B: mean place in B's window in [-1, 1] and the
 * sum of both standard deviations, [cells, 3] float32.
 */
function refineCells(
  g: GraphBuilder,
  network: FineNetwork,
  config: LoftrConfig,
  coarse: Pair,
  fine: Pair,
  best: Value,
  cells: { readonly a: Size; readonly b: Size },
  observe: Observe,
): Value {
  const count = cells.a[0] * cells.a[1];
  const [fineWidth] = config.widths;
  // The widest tensor is the two windows' hidden layer.
  const perPiece = Math.max(1, Math.floor(config.pieceBytes / (WINDOW ** 2 * 2 * fineWidth * 4)));
  const pieces = Math.ceil(count / perPiece);
  const padded = fine.map((map) => paddedRows(g, map)) as unknown as Pair;
  const parts = Array.from({ length: pieces }, (_, i) => {
    const [start, end] = [Math.round((i * count) / pieces), Math.round(((i + 1) * count) / pieces)];
    const own = g.constant(
      Array.from({ length: end - start }, (_, k) => start + k),
      'float32',
    );
    const theirs = pieces === 1 ? best : op.slice(g, best, 0, start, end);
    const joined = ([own, theirs] as const).map((index, side) => {
      const [, tokensOf, width] = coarse[side].shape;
      const cell = op.gather(g, op.reshape(g, coarse[side], [tokensOf, width]), op.cast(g, index, 'int32'), 0);
      const [, columns] = side === 0 ? cells.a : cells.b;
      return withCoarse(g, network, windows(g, padded[side], index, columns), cell);
    }) as unknown as Pair;
    observe('window_0', joined[0]);
    observe('window_1', joined[1]);
    const [a, b] = transform(g, network.layers, joined, config.heads);
    observe('fine_0', a);
    observe('fine_1', b);
    return expectPlace(g, a, b);
  });
  return op.concat(g, parts, 0);
}

/** A fine map [1, c, h, w] with a border of zeros as wide as half a window, as rows [places, c]. */
function paddedRows(g: GraphBuilder, map: Value): Value {
  const border = (WINDOW - 1) / 2;
  const [, channels, height, width] = map.shape;
  const padded = op.pad(g, map, [0, 0, border, border], [0, 0, border, border]);
  const places = (height + 2 * border) * (width + 2 * border);
  return op.transpose(g, op.reshape(g, padded, [channels, places]), [1, 0]);
}

/** Windows of 5×5 at stride 2 around the cells' corners: [cells, 25, c]. @param columns cells in a row of the map */
function windows(g: GraphBuilder, padded: Value, index: Value, columns: number): Value {
  const [count] = index.shape;
  const width = columns * WINDOW_STEP + WINDOW - 1;
  const steps = Array.from({ length: WINDOW }, (_, i) => i);
  const offsets = steps.flatMap((y) => steps.map((x) => y * width + x));
  const { row, column } = rowAndColumn(g, op.reshape(g, index, [count, 1]), columns);
  const corner = op.mul(g, op.add(g, op.mul(g, row, width), column), WINDOW_STEP);
  const places = op.add(g, corner, g.constant(offsets, 'float32', [1, WINDOW ** 2]));
  return op.gather(g, padded, op.cast(g, places, 'int32'), 0);
}

/** Windows [n, 25, c] with their cells' coarse features [n, C] mixed into every pixel, float32. */
function withCoarse(g: GraphBuilder, { down, merge }: FineNetwork, window: Value, coarse: Value): Value {
  const [count, pixels, channels] = window.shape;
  const reduced = op.reshape(g, layer.linear(g, coarse, down.weight, down.bias), [count, 1, channels]);
  const repeated = op.expand(g, reduced, [count, pixels, channels]);
  const both = op.concat(g, [op.toCompute(g, window), repeated], 2);
  return op.toFloat32(g, layer.linear(g, both, merge.weight, merge.bias));
}

/** The centre of A's window against all of B's: expectation and spread of the heat map. */
function expectPlace(g: GraphBuilder, a: Value, b: Value): Value {
  const [count, pixels, channels] = a.shape;
  const middle = (pixels - 1) / 2;
  const centre = op.mul(g, op.slice(g, a, 1, middle, middle + 1), 1 / Math.sqrt(channels));
  const heat = op.softmax(g, op.matMul(g, centre, op.transpose(g, b, [0, 2, 1])), 2);
  const axis = Array.from({ length: WINDOW }, (_, i) => (2 * i) / (WINDOW - 1) - 1);
  const places = axis.flatMap((y) => axis.map((x) => [x, y]));
  const table = (values: number[][]): Value => g.constant(values.flat(), 'float32', [pixels, 2]);
  const moment = (values: number[][]): Value => op.reshape(g, op.matMul(g, heat, table(values)), [count, 2]);
  const mean = moment(places);
  const variance = op.sub(g, moment(places.map(([x, y]) => [x * x, y * y])), op.mul(g, mean, mean));
  const deviation = op.sqrt(g, op.clip(g, variance, 1e-10, null));
  return op.concat(g, [mean, op.reduceSum(g, deviation, [1])], 1);
}
