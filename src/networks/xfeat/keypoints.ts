import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { conv2d } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Weights } from '../weights.ts';
import type { Observe } from './backbone.ts';
import { basicLayers, normalisedGray, readStack, readXfeatBackbone, xfeatFeatures } from './backbone.ts';

const CELL = 8;
export const DESCRIPTOR_CHANNELS = 64;
const MULTIPLE = 32;
const NMS_KERNEL = 5;
/** Halvings of the range of scores that the weakest kept one is looked for in: beyond float32's step. */
const HALVINGS = 34;
/** What keeps the norm of a descriptor from being 0. */
const SMALLEST = 1e-12;

export interface KeypointOptions {
  /** Most key points of a photo, by score: what is left of the places is marked empty. */
  readonly count: number;
  /** Least probability of a key point. */
  readonly threshold: number;
}

/** As many as LighterGlue was measured with at 640 pixels; XFeat by itself takes up to 4,096. */
export const KEYPOINT_DEFAULTS: KeypointOptions = { count: 1300, threshold: 0.05 };

/**
 * The encoder of one photo: `detectAndCompute` (XFeat, section 3.2) for `image` [1, 3, h, w] in any range. Gives `keypoints`
 * [1, count, 2] (x, y) in pixels of the input (integers are centres), `descriptors` [1, count, 64] of unit length, and `scores`
 * [1, count], 0 where a place is empty. Key points stand row by row, not by score.
 */
export function buildKeypointEncoder(
  g: GraphBuilder,
  weights: Weights,
  [height, width]: Size,
  options: KeypointOptions = KEYPOINT_DEFAULTS,
  observe: Observe = () => {},
): void {
  const image = g.input('image', 'float32', [1, 3, height, width]);
  const size = [height, width].map((extent) => Math.floor(extent / MULTIPLE) * MULTIPLE) as unknown as Size;
  const [h, w] = size;
  const backbone = readXfeatBackbone(weights);
  const reliable = readStack(weights.at('heatmap_head'), DESCRIPTOR_CHANNELS, 2, 1);
  const pointed = readStack(weights.at('keypoint_head'), DESCRIPTOR_CHANNELS, 3, CELL ** 2 + 1);
  const gray = normalisedGray(g, op.resize(g, image, size));
  const { eighth } = xfeatFeatures(g, backbone, gray, observe);
  const head = (x: Value, { layers, out }: ReturnType<typeof readStack>): Value =>
    op.toFloat32(g, conv2d(g, basicLayers(g, x, layers), out.weight, out.bias));
  const reliability = g.scope('reliability', () => op.sigmoid(g, head(eighth, reliable)));
  const logits = g.scope('keypoints', () => head(op.toCompute(g, cellsToChannels(g, gray, size)), pointed));
  observe('reliability', reliability);
  observe('keypoint_logits', logits);
  const heatmap = g.scope('heatmap', () => {
    const likely = op.slice(g, op.softmax(g, logits, 1), 1, 0, CELL ** 2);
    return channelsToCells(g, likely, size);
  });
  observe('heatmap', heatmap);
  const scores = g.scope('score', () => scoreMap(g, heatmap, reliability, size, options.threshold));
  const chosen = g.scope('select', () => strongest(g, scores, size, options.count));

  const count = options.count;
  const scale = g.constant([width / w, height / h], 'float32', [1, 1, 2]);
  const places = op.reshape(g, op.concat(g, [chosen.x, chosen.y], 1), [1, count, 2]);
  g.output('keypoints', op.mul(g, places, scale));
  g.output(
    'descriptors',
    g.scope('descriptors', () => descriptorsAt(g, op.toFloat32(g, eighth), places, size)),
  );
  g.output('scores', op.reshape(g, op.mul(g, chosen.score, chosen.isThere), [1, count]));
}

/** [1, 1, h, w] as [1, 64, h / 8, w / 8]: the pixels of a cell row by row. */
function cellsToChannels(g: GraphBuilder, x: Value, [h, w]: Size): Value {
  const apart = op.reshape(g, x, [h / CELL, CELL, w / CELL, CELL]);
  return op.reshape(g, op.transpose(g, apart, [1, 3, 0, 2]), [1, CELL ** 2, h / CELL, w / CELL]);
}

/** The way back: [1, 64, h / 8, w / 8] as [h, w]. */
function channelsToCells(g: GraphBuilder, x: Value, [h, w]: Size): Value {
  const apart = op.reshape(g, x, [CELL, CELL, h / CELL, w / CELL]);
  return op.reshape(g, op.transpose(g, apart, [2, 0, 3, 1]), [h, w]);
}

/**
 * Probability times reliability where the heat map has a peak, 0 elsewhere, [h, w]. Reliability is read where the published
 * code reads it, with places normalised by w − 1 and cells by w: towards the lower right it lies up to half a pixel of the
 * photo further. The last row and column, which then lie outside, and the first pixel, which it takes for padding, score 0.
 */
function scoreMap(g: GraphBuilder, heatmap: Value, reliability: Value, [h, w]: Size, threshold: number): Value {
  const picture = op.reshape(g, heatmap, [1, 1, h, w]);
  const largest = op.maxPool(g, picture, { kernel: NMS_KERNEL, stride: 1, padding: (NMS_KERNEL - 1) / 2 });
  const is = (condition: Value): Value => op.cast(g, condition, 'float32');
  const isPeak = op.mul(
    g,
    is(op.greaterOrEqual(g, heatmap, op.reshape(g, largest, [h, w]))),
    is(op.greater(g, heatmap, threshold)),
  );
  const reader = (extent: number): number[][] =>
    Array.from({ length: extent }, (_, i) => {
      const cells = extent / CELL;
      const place = (i * cells) / (extent - 1) - 0.5;
      return Array.from({ length: cells }, (_, cell) => Math.max(0, 1 - Math.abs(place - cell)));
    });
  const down = g.constant(reader(h).flat(), 'float32', [h, h / CELL]);
  const across = g.constant(transposed(reader(w)).flat(), 'float32', [w / CELL, w]);
  const read = op.matMul(g, op.matMul(g, down, op.reshape(g, reliability, [h / CELL, w / CELL])), across);
  const line = (extent: number, value: (i: number) => number, shape: number[]): Value =>
    g.constant(
      Array.from({ length: extent }, (_, i) => value(i)),
      'float32',
      shape,
    );
  const inside = (extent: number, shape: number[]): Value => line(extent, (i) => Number(i < extent - 1), shape);
  const first = (extent: number, shape: number[]): Value => line(extent, (i) => Number(i === 0), shape);
  const counted = op.sub(
    g,
    op.mul(g, inside(h, [h, 1]), inside(w, [1, w])),
    op.mul(g, first(h, [h, 1]), first(w, [1, w])),
  );
  return op.mul(g, op.mul(g, isPeak, counted), op.mul(g, heatmap, read));
}

/**
 * The `count` largest entries of a map, in its own order, as places: [count, 1] each. The weakest kept score is found by
 * halving, and the k-th place by a binary search in running counts: TopK's and NonZero's indices are int64, which the GPU has
 * not. Of equal scores at the limit none is kept.
 */
export function strongest(
  g: GraphBuilder,
  scores: Value,
  [h, w]: Size,
  count: number,
): { x: Value; y: Value; score: Value; isThere: Value } {
  const cells = h * w;
  const above = (limit: Value): Value => op.cast(g, op.greater(g, scores, limit), 'float32');
  let low = g.constant([0], 'float32', [1, 1]);
  let high = g.constant([1], 'float32', [1, 1]);
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = op.mul(g, op.add(g, low, high), 0.5);
    // Rows first: one sum over all is slow on a GPU.
    const kept = op.reduceSum(g, op.reduceSum(g, above(middle), [1]), [0]);
    const fits = op.lessOrEqual(g, kept, count);
    high = op.where(g, fits, middle, high);
    low = op.where(g, fits, low, middle);
  }
  const inRow = op.cumSum(g, above(high), 1);
  const totals = op.slice(g, inRow, 1, w - 1, w);
  const before = op.sub(g, op.cumSum(g, totals, 0), totals);
  const running = op.reshape(g, op.add(g, inRow, before), [cells]);

  const wanted = g.constant(
    Array.from({ length: count }, (_, k) => k + 1),
    'float32',
    [count],
  );
  // How many places lie before the wanted-th kept one.
  let place = g.constant(new Array(count).fill(0), 'float32', [count]);
  for (let step = 2 ** Math.floor(Math.log2(cells)); step >= 1; step /= 2) {
    const probe = op.add(g, place, step);
    const at = op.cast(g, op.sub(g, op.min(g, probe, cells), 1), 'int32');
    const isBefore = op.and(g, op.less(g, op.gather(g, running, at, 0), wanted), op.lessOrEqual(g, probe, cells));
    place = op.where(g, isBefore, probe, place);
  }
  const isThere = op.cast(g, op.less(g, place, cells), 'float32');
  const cell = op.min(g, place, cells - 1);
  // Half a cell is added before the division so that rounding cannot reach the next row.
  const y = op.floor(g, op.mul(g, op.add(g, cell, 0.5), 1 / w));
  const x = op.sub(g, cell, op.mul(g, y, w));
  const score = op.gather(g, op.reshape(g, scores, [cells]), op.cast(g, cell, 'int32'), 0);
  const column = (value: Value): Value => op.reshape(g, value, [count, 1]);
  return { x: column(x), y: column(y), score: column(score), isThere: column(isThere) };
}

/** Normalised features read bicubically at key points (normalised by w − 1, as the scores), normalised again. */
function descriptorsAt(g: GraphBuilder, features: Value, places: Value, [h, w]: Size): Value {
  const count = places.shape[1];
  const unit = normalise(g, features, 1);
  const scale = g.constant([2 / (w - 1), 2 / (h - 1)], 'float32', [1, 1, 2]);
  const grid = op.reshape(g, op.sub(g, op.mul(g, places, scale), 1), [1, count, 1, 2]);
  const read = op.gridSample(g, unit, grid, { mode: 'bicubic' });
  const rows = op.transpose(g, op.reshape(g, read, [1, DESCRIPTOR_CHANNELS, count]), [0, 2, 1]);
  return normalise(g, rows, 2);
}

function normalise(g: GraphBuilder, x: Value, axis: number): Value {
  const norm = op.sqrt(g, op.reduceSum(g, op.mul(g, x, x), [axis]));
  return op.div(g, x, op.max(g, norm, SMALLEST));
}

const transposed = (rows: number[][]): number[][] => rows[0].map((_, i) => rows.map((row) => row[i]));
