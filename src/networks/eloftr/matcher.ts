import type { Weights } from '../weights.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { matchCells, rowAndColumn } from '../semi-dense/coarse-match.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import { gray } from '../semi-dense/gray.ts';
import { betweenPixels, insideBorder, outputField, outputMatches, pixelIndices } from '../semi-dense/dense-field.ts';
import { tokens } from '../semi-dense/tokens.ts';
import { readRepVgg, repVgg } from './backbone.ts';
import type { EloftrConfig } from './config.ts';
import { SIMILARITY_RANGE } from './config.ts';
import type { FineMatches, Observe } from './fine.ts';
import { fineFeatures, readFinePyramid, refinePixels, WINDOW } from './fine.ts';
import type { Pair } from './transformer.ts';
import { readTransformer, transform } from './transformer.ts';

/** The stride of the cells that the network matches. */
export const CELL = 8;

const TEMPERATURE = 0.1;
/** Below every score that a product of two softmaxes can have, above what half of the GPUs flush to zero. */
const SMALLEST_SCORE = 1e-30;
/** The encoder of one photo: `image` [1, 3, h, w], sides multiples of 32, to `f2`, `f4` and `f8`. */
export function buildEncoder(g: GraphBuilder, weights: Weights, size: Size, observe: Observe = () => {}): void {
  const stages = readRepVgg(weights.at('backbone'));
  const [half, quarter, coarse] = repVgg(g, gray(g, g.input('image', 'float32', [1, 3, ...size])), stages);
  for (const [name, value] of [
    ['feats_x1', half],
    ['feats_x2', quarter],
    ['feats_c', coarse],
  ] as const)
    observe(name, value);
  g.output('f2', half);
  g.output('f4', quarter);
  g.output('f8', coarse);
}

/**
 * The decoder of one direction, from both photos' features to the contract's `warp` and `certainty_logit` at full
 * resolution and the network's own `matches`. A is upstream's image 0: the other direction is the network run on the
 * photos in the other order, which is not the same as reading this one backwards.
 */
export function buildDecoder(
  g: GraphBuilder,
  weights: Weights,
  config: EloftrConfig,
  sizes: { readonly a: Size; readonly b: Size },
  observe: Observe = () => {},
): void {
  const { widths } = config;
  const inputs = (side: 'a' | 'b', index: 0 | 1 | 2): Value => {
    const stride = 2 ** (index + 1);
    const [height, width] = sizes[side];
    return g.input(`${side}_f${stride}`, g.precision.compute, [1, widths[index], height / stride, width / stride]);
  };
  const [a, b] = (['a', 'b'] as const).map((side) => [inputs(side, 0), inputs(side, 1), inputs(side, 2)] as const);
  const layers = readTransformer(weights.at('loftr_coarse'), config);
  const ropeScale = config.longestTrained / Math.max(config.longestTrained, ...sizes.a, ...sizes.b);
  const coarse = g.scope('transformer', () => transform(g, layers, config, [a[2], b[2]], ropeScale, observe));
  observe('coarse_0', coarse[0]);
  observe('coarse_1', coarse[1]);

  const cells = { a: cellsOf(sizes.a), b: cellsOf(sizes.b) };
  const coarseMatches = g.scope('coarse', () =>
    matchCells(
      g,
      tokens(g, coarse[0]),
      tokens(g, coarse[1]),
      {
        scale: 1 / (widths[2] * TEMPERATURE),
        confidence: config.confidence,
        pieceBytes: config.pieceBytes,
      },
      observe,
    ),
  );
  observe('best', coarseMatches.best);
  observe('cell_confidence', coarseMatches.confidence);

  const pyramid = readFinePyramid(weights.at('fine_preprocess'), config);
  const [fineA, fineB] = g.scope('pyramid', () =>
    ([0, 1] as const).map((i) => {
      const [half, quarter] = i === 0 ? a : b;
      return fineFeatures(g, pyramid, op.mul(g, (coarse as Pair)[i], 1 / Math.sqrt(widths[2])), quarter, half);
    }),
  );
  observe('half_0', fineA);
  observe('half_1', fineB);
  const fine = g.scope('fine', () => refinePixels(g, fineA, fineB, coarseMatches.best, config.pieceBytes, observe));
  observe('pixel_target', fine.target);
  observe('pixel_stage1', fine.score);

  g.scope('matches', () => {
    const count = cells.a[0] * cells.a[1];
    const indices = g.constant(
      Array.from({ length: count }, (_, i) => i),
      'float32',
    );
    const own = rowAndColumn(g, indices, cells.a[1]);
    const isMatch = [
      coarseMatches.mutual,
      op.cast(g, op.greater(g, coarseMatches.confidence, config.threshold), 'float32'),
      insideBorder(g, own, cells.a, config.border),
      insideBorder(g, rowAndColumn(g, coarseMatches.best, cells.b[1]), cells.b, config.border),
    ].reduce((x, y) => op.mul(g, x, y));
    const pixel = rowAndColumn(g, fine.bestPixel, WINDOW);
    const place = (cell: Value, at: Value): Value =>
      op.reshape(g, op.add(g, op.add(g, op.mul(g, cell, CELL), at), 0.5 - WINDOW / 2), [count, 1]);
    const best = op.cast(g, op.reshape(g, fine.bestPixel, [count, 1, 1]), 'int32');
    outputMatches(
      g,
      {
        a: op.concat(g, [place(own.column, pixel.column), place(own.row, pixel.row)], 1),
        b: op.reshape(g, op.gatherElements(g, fine.target, op.expand(g, best, [count, 1, 2]), 1), [count, 2]),
        confidence: coarseMatches.confidence,
        isMatch,
      },
      cells.a,
    );
  });
  g.scope('dense', () => denseField(g, config, coarseMatches.confidence, fine, sizes));
}

const cellsOf = ([height, width]: Size): Size => [height / CELL, width / CELL];

/**
 * Fine pixel f of a row or column stands for the place f − 3.5 of the input, in A as in B: windows are centred on the
 * corner of their cell. Places of A between four fine pixels take their mean, weighted by certainty; the last four
 * rows and columns, for which there are no fine pixels, take the displacement and certainty of the last that has.
 *
 * A pixel's certainty is its cell's confidence times its score relative to the best of its cell: the pixel that is the
 * network's own match has exactly the network's own confidence.
 */
function denseField(
  g: GraphBuilder,
  config: EloftrConfig,
  confidence: Value,
  { target, score }: FineMatches,
  sizes: { readonly a: Size; readonly b: Size },
): void {
  const [height, width] = sizes.a;
  const [rows, columns] = cellsOf(sizes.a);
  const cells = rows * columns;
  const relative = op.div(g, score, op.max(g, op.reduceMax(g, score, [1]), SMALLEST_SCORE));
  const certain = op.mul(g, op.reshape(g, certaintyOf(g, config, confidence), [cells, 1]), relative);
  const asMap = (x: Value): Value =>
    op.reshape(g, op.transpose(g, op.reshape(g, x, [rows, columns, WINDOW, WINDOW]), [0, 2, 1, 3]), [
      1,
      1,
      height,
      width,
    ]);
  const [x, y] = op.split(g, target, 2, [1, 1]).map(asMap);
  // The offset of half a window is the same in A and in B, so the displacement does not have it.
  const shift = WINDOW / 2 - 0.5;
  const displaced = (place: Value, index: Value): Value => op.add(g, op.sub(g, place, index), shift);
  const displacement = op.concat(
    g,
    [displaced(x, pixelIndices(g, width, 3)), displaced(y, pixelIndices(g, height, 2))],
    1,
  );
  const between = betweenPixels(g, displacement, asMap(certain));
  // Index 0 of what lies between four pixels stands for the place −3.
  const first = WINDOW / 2 - 1;
  const onInput = (map: Value): Value => {
    const cut = op.slice(g, op.slice(g, map, 2, first), 3, first);
    return op.pad(g, cut, [0, 0, 0, 0], [0, 0, WINDOW / 2, WINDOW / 2], 'edge');
  };
  outputField(g, onInput(between.displacement), onInput(between.certainty), sizes.b);
}

/** Confidence as a share of one: the dual softmax is one already, similarity is mapped as the authors colour it. */
function certaintyOf(g: GraphBuilder, config: EloftrConfig, confidence: Value): Value {
  if (config.confidence === 'dual-softmax') return confidence;
  const [from, to] = SIMILARITY_RANGE;
  return op.clip(g, op.mul(g, op.sub(g, confidence, from), 1 / (to - from)), 0, 1);
}
