import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { BatchNormTensors } from '../../onnx/layers/convolution.ts';
import { conv2d, foldBatchNorm } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import { transposed } from '../../onnx/transpose.ts';
import type { Value } from '../../onnx/value.ts';
import { BYTES_PER_ELEMENT } from '../../onnx/value.ts';
import { readPlainBatchNorm } from '../batch-norm.ts';
import { firstLargest, similarityStrips } from '../semi-dense/coarse-match.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import { outputField, outputMatches, spreadCells } from '../semi-dense/dense-field.ts';
import { tokens } from '../semi-dense/tokens.ts';
import type { Weights } from '../weights.ts';
import type { Observe } from './backbone.ts';
import { basicLayers, normalisedGray, readStack, readXfeatBackbone, xfeatFeatures } from './backbone.ts';

/** `match_xfeat_star` looks at each photo at these two scales. */
export const SCALES = [0.6, 1.3] as const;
/** Shares of the best cells of either scale. */
const SHARES = [0.2, 0.8] as const;
const CELL = 8;
const CHANNELS = 64;
const MULTIPLE = 32;
const TEMPERATURE = 3;
const FINE_LAYERS = 5;
/** A match counts from this confidence of the fine network on. */
const FINE_CONFIDENCE = 0.25;
/** What is taken off the similarity of a cell that is to lose every maximum; similarities are a few hundred at most. */
const EXCLUSION = 1e9;

/** What the file cannot say of semi-dense matching. */
export interface StarOptions {
  /** Cells of both scales together that are matched, by reliability: 4,096 by default, 10,000 in the paper. */
  readonly topK: number;
  /** Most that is held at once of the similarities. */
  readonly pieceBytes: number;
}

export const STAR_DEFAULTS: StarOptions = { topK: 4096, pieceBytes: 32 * 2 ** 20 };

/** The cells of one scale: how many, and how far apart in pixels of the input. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly stepY: number;
  readonly stepX: number;
  readonly scale: number;
}

/** The grids of both scales of an input of this size. */
export function grids(size: Size): Grid[] {
  return SCALES.map((scale) => {
    const [height, width] = size.map((extent) => Math.floor(extent * scale));
    const [h, w] = [height, width].map((extent) => Math.floor(extent / MULTIPLE) * MULTIPLE);
    return {
      rows: h / CELL,
      columns: w / CELL,
      stepY: (CELL * (height / h)) / scale,
      stepX: (CELL * (width / w)) / scale,
      scale,
    };
  });
}

export const cellCount = (size: Size): number =>
  grids(size).reduce((sum, { rows, columns }) => sum + rows * columns, 0);

/** (x, y) of every cell's corner in pixels of the input, the smaller scale's first. */
function corners(size: Size): number[][] {
  return grids(size).flatMap(({ rows, columns, stepX, stepY }) =>
    Array.from({ length: rows * columns }, (_, i) => [(i % columns) * stepX, Math.floor(i / columns) * stepY]),
  );
}

/**
 * The encoder of one photo: `image` [1, 3, h, w] in any range to `descriptors` [1, cells, 64], not normalised, and
 * `reliability` [1, cells], both float32, of all cells of both scales.
 */
export function buildEncoder(g: GraphBuilder, weights: Weights, size: Size, observe: Observe = () => {}): void {
  const image = g.input('image', 'float32', [1, 3, ...size]);
  const backbone = readXfeatBackbone(weights);
  const { layers, out } = readStack(weights.at('heatmap_head'), CHANNELS, 2, 1);
  const parts = SCALES.map((scale) =>
    g.scope(`scale.${scale}`, () => {
      const scaled = op.resizeByFactor(g, image, scale);
      observe(`scaled_${scale}`, scaled);
      const [h, w] = scaled.shape.slice(2).map((extent) => Math.floor(extent / MULTIPLE) * MULTIPLE);
      const { eighth } = xfeatFeatures(g, backbone, normalisedGray(g, op.resize(g, scaled, [h, w])));
      const reliability = op.sigmoid(
        g,
        op.toFloat32(g, conv2d(g, basicLayers(g, eighth, layers), out.weight, out.bias)),
      );
      return {
        descriptors: tokens(g, op.toFloat32(g, eighth)),
        reliability: op.reshape(g, reliability, [1, (h / CELL) * (w / CELL)]),
      };
    }),
  );
  g.output(
    'descriptors',
    op.concat(
      g,
      parts.map(({ descriptors }) => descriptors),
      1,
    ),
  );
  g.output(
    'reliability',
    op.concat(
      g,
      parts.map(({ reliability }) => reliability),
      1,
    ),
  );
}

interface LinearNorm {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor;
  /** Null after the last layer. */
  readonly norm: BatchNormTensors | null;
}

/** The fine network: linear layers, each but the last with a norm and ReLU. */
function readFineMatcher(weights: Weights): LinearNorm[] {
  let from = 2 * CHANNELS;
  return Array.from({ length: FINE_LAYERS }, (_, i) => {
    const isLast = i === FINE_LAYERS - 1;
    const name = `${3 * i}`;
    const [to] = isLast ? [CELL ** 2] : weights.shapeOf(`${name}.weight`);
    const layer = {
      weight: weights.take(`${name}.weight`, [to, from]),
      bias: weights.take(`${name}.bias`, [to]),
      norm: isLast ? null : readPlainBatchNorm(weights.at(`${3 * i + 1}`), to),
    };
    from = to;
    return layer;
  });
}

function fineMatcher(g: GraphBuilder, x: Value, layers: readonly LinearNorm[]): Value {
  return layers.reduce(
    (current, { weight, bias, norm }) => {
      const [to, from] = weight.shape;
      const folded = g.derivedWeight(`${weight.name}.folded`, [from, to], async () => {
        const values = await weight.readFloat32();
        const scale = norm ? (await foldBatchNorm(norm)).scale : null;
        if (scale) for (let i = 0; i < values.length; i += 1) values[i] *= scale[Math.floor(i / from)];
        return transposed(weight).apply(values);
      });
      const offset = g.derivedWeight(`${weight.name}.folded_bias`, [to], async () => {
        const values = await bias.readFloat32();
        if (!norm) return values;
        const { scale, shift } = await foldBatchNorm(norm);
        return values.map((value, i) => value * scale[i] + shift[i]);
      });
      const sum = op.add(g, op.matMul(g, current, folded), offset);
      return norm ? op.relu(g, sum) : sum;
    },
    op.toCompute(g, x),
  );
}

/**
 * The decoder of one direction of semi-dense matching (XFeat, section 3.3): mutual nearest cells by plain inner products, then
 * an offset of the first photo's point within its cell. Gives `warp` and `certainty_logit` at full resolution, and the
 * network's own `matches` [1, 6, 1, cells].
 *
 * Every cell of A looks among the selected cells of B; the network's own matches are those of selected cells alone.
 */
export function buildDecoder(
  g: GraphBuilder,
  weights: Weights,
  sizes: { readonly a: Size; readonly b: Size },
  options: StarOptions = STAR_DEFAULTS,
  observe: Observe = () => {},
): void {
  const [cellsA, cellsB] = [cellCount(sizes.a), cellCount(sizes.b)];
  const input = (side: string, name: string, shape: number[]): Value => g.input(`${side}_${name}`, 'float32', shape);
  const a = {
    descriptors: input('a', 'descriptors', [1, cellsA, CHANNELS]),
    reliability: input('a', 'reliability', [1, cellsA]),
  };
  const b = {
    descriptors: input('b', 'descriptors', [1, cellsB, CHANNELS]),
    reliability: input('b', 'reliability', [1, cellsB]),
  };
  const network = readFineMatcher(weights.at('fine_matcher'));
  const selectedA = g.scope('select', () => selectCells(g, a.reliability, sizes.a, options));
  const selectedB = g.scope('select', () => selectCells(g, b.reliability, sizes.b, options));
  const match = g.scope('similarity', () =>
    nearestCells(g, a.descriptors, b.descriptors, selectedA, selectedB, options.pieceBytes, observe),
  );

  const bestIndex = op.cast(g, match.best, 'int32');
  const theirs = op.gather(g, op.reshape(g, b.descriptors, [cellsB, CHANNELS]), bestIndex, 0);
  const pairs = op.concat(g, [op.reshape(g, a.descriptors, [cellsA, CHANNELS]), theirs], 1);
  const logits = g.scope('fine', () => op.toFloat32(g, fineMatcher(g, pairs, network)));
  observe('offset_logits', logits);
  const heat = op.softmax(g, op.mul(g, logits, TEMPERATURE), 1);
  const confidence = op.reshape(g, op.reduceMax(g, heat, [1]), [cellsA]);
  const steps = Array.from({ length: CELL ** 2 }, (_, i) => [(i % CELL) - CELL / 2, Math.floor(i / CELL) - CELL / 2]);
  const offset = op.matMul(g, heat, g.constant(steps.flat(), 'float32', [CELL ** 2, 2]));
  observe('offset', offset);
  observe('fine_confidence', confidence);

  const enlarged = grids(sizes.a).flatMap(({ rows, columns, scale }) => new Array(rows * columns).fill(1 / scale));
  const cornersA = g.constant(corners(sizes.a).flat(), 'float32', [cellsA, 2]);
  const placeA = op.add(g, cornersA, op.mul(g, offset, g.constant(enlarged, 'float32', [cellsA, 1])));
  const placeB = op.gather(g, g.constant(corners(sizes.b).flat(), 'float32', [cellsB, 2]), bestIndex, 0);
  const isConfident = op.cast(g, op.greater(g, confidence, FINE_CONFIDENCE), 'float32');
  outputMatches(g, { a: placeA, b: placeB, confidence, isMatch: op.mul(g, match.own, isConfident) }, [1, cellsA]);
  const certainty = g.scope('cycle', () =>
    op.mul(g, confidence, cycleFactor(g, match.back, bestIndex, cornersA, sizes.a)),
  );
  observe('cell_certainty', certainty);
  g.scope('dense', () => denseField(g, op.sub(g, placeB, placeA), certainty, sizes));
}

/** 1 for the most reliable cells of each scale, [cells] float32. */
function selectCells(g: GraphBuilder, reliability: Value, size: Size, { topK, pieceBytes }: StarOptions): Value {
  let from = 0;
  const parts = grids(size).map(({ rows, columns }, i) => {
    const count = rows * columns;
    const wanted = Math.floor(topK * SHARES[i]);
    const values = op.slice(g, reliability, 1, from, from + count);
    from += count;
    if (wanted >= count) return g.constant(new Array(count).fill(1), 'float32', [count]);
    // A rank by counting: TopK's indices are int64, which the GPU has not.
    const perStrip = Math.max(1, Math.floor(pieceBytes / (count * BYTES_PER_ELEMENT.float32)));
    const strips = Math.ceil(count / perStrip);
    const column = op.reshape(g, values, [count, 1]);
    const ranks = Array.from({ length: strips }, (_, k) => {
      const [start, end] = [Math.round((k * count) / strips), Math.round(((k + 1) * count) / strips)];
      const better = op.greater(g, values, op.slice(g, column, 0, start, end));
      return op.reduceSum(g, op.cast(g, better, 'float32'), [1]);
    });
    const isSelected = op.less(g, op.concat(g, ranks, 0), wanted);
    return op.reshape(g, op.cast(g, isSelected, 'float32'), [count]);
  });
  return op.concat(g, parts, 0);
}

interface NearestCells {
  /** [cells of A] the selected cell of B whose product is largest. */
  readonly best: Value;
  /** [cells of B] the cell of A, selected or not, whose product is largest. */
  readonly back: Value;
  /** [cells of A] 1 where the cell is selected and, among the selected, its best cell likes none better. */
  readonly own: Value;
}

function nearestCells(
  g: GraphBuilder,
  a: Value,
  b: Value,
  selectedA: Value,
  selectedB: Value,
  pieceBytes: number,
  observe: Observe,
): NearestCells {
  const [cellsA, cellsB] = [a.shape[1], b.shape[1]];
  const excluded = (selected: Value, shape: number[]): Value =>
    op.reshape(g, op.mul(g, op.sub(g, selected, 1), EXCLUSION), shape);
  const [offA, offB] = [excluded(selectedA, [cellsA, 1]), excluded(selectedB, [1, cellsB])];
  const { count, bounds, similarity } = similarityStrips(g, a, b, 1, pieceBytes);
  const parts = Array.from({ length: count }, (_, i) => {
    const strip = similarity(i);
    observe('similarity', strip);
    const toSelected = op.add(g, strip, offB);
    const { index: best, largest } = firstLargest(g, toSelected, 1);
    const column = firstLargest(g, strip, 0);
    const rowsOff = count === 1 ? offA : op.slice(g, offA, 0, bounds[i], bounds[i + 1]);
    return {
      largest,
      best,
      columnLargest: column.largest,
      back: op.add(g, column.index, bounds[i]),
      ownLargest: op.reduceMax(g, op.add(g, strip, rowsOff), [0]),
    };
  });
  const joined = (key: 'best' | 'largest'): Value => {
    const values = parts.map((part) => part[key]);
    return op.reshape(g, op.concat(g, values, 0), [cellsA]);
  };
  const [best, largest] = [joined('best'), joined('largest')];
  let { back, columnLargest } = parts[0];
  for (const part of parts.slice(1)) {
    back = op.where(g, op.greater(g, part.columnLargest, columnLargest), part.back, back);
    columnLargest = op.max(g, columnLargest, part.columnLargest);
  }
  const ownLargest = parts.map((part) => part.ownLargest).reduce((x, y) => op.max(g, x, y));
  const theirs = op.gather(g, op.reshape(g, ownLargest, [cellsB]), op.cast(g, best, 'int32'), 0);
  const isMutual = op.cast(g, op.greaterOrEqual(g, largest, theirs), 'float32');
  const own = op.mul(g, selectedA, isMutual);
  observe('best', best);
  observe('own', own);
  return { best, back: op.reshape(g, back, [cellsB]), own };
}

/** 1 where the way to B and back ends within a cell of where it began, falling to 0 at two cells: [cells of A]. */
function cycleFactor(g: GraphBuilder, back: Value, best: Value, cornersA: Value, size: Size): Value {
  const cells = cornersA.shape[0];
  const returned = op.gather(g, cornersA, op.cast(g, op.gather(g, back, best, 0), 'int32'), 0);
  const steps = grids(size).flatMap(({ rows, columns, stepX, stepY }) =>
    new Array<number[]>(rows * columns).fill([1 / stepX, 1 / stepY]),
  );
  const away = op.mul(g, op.sub(g, returned, cornersA), g.constant(steps.flat(), 'float32', [cells, 2]));
  const distance = op.reduceMax(g, op.abs(g, away), [1]);
  return op.reshape(g, op.clip(g, op.add(g, op.neg(g, distance), 2), 0, 1), [cells]);
}

/**
 * Displacements of cells spread over the pixels: bilinear between the cells of a scale, weighted by certainty, and of both
 * scales the more certain one.
 *
 * @param displacement [cells, 2] in pixels
 * @param certainty [cells]
 */
function denseField(
  g: GraphBuilder,
  displacement: Value,
  certainty: Value,
  sizes: { readonly a: Size; readonly b: Size },
): void {
  let from = 0;
  const fields = grids(sizes.a).map(({ rows, columns }) => {
    const count = rows * columns;
    const part = (x: Value, channels: number): Value =>
      op.reshape(g, op.transpose(g, op.reshape(g, op.slice(g, x, 0, from, from + count), [count, channels]), [1, 0]), [
        1,
        channels,
        rows,
        columns,
      ]);
    const field = spreadCells(g, part(displacement, 2), part(certainty, 1), sizes.a);
    from += count;
    return field;
  });
  const [coarse, fine] = fields;
  const isFine = op.greaterOrEqual(g, fine.certainty, coarse.certainty);
  outputField(
    g,
    op.where(g, isFine, fine.displacement, coarse.displacement),
    op.max(g, fine.certainty, coarse.certainty),
    sizes.b,
  );
}
