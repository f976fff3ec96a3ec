import { readBatchNorm } from '../batch-norm.ts';
import type { Weights } from '../weights.ts';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { BatchNormTensors } from '../../onnx/layers/convolution.ts';
import { conv2d, conv2dBatchNorm } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { firstOf, rowAndColumn } from '../semi-dense/coarse-match.ts';
import type { EloftrConfig } from './config.ts';

interface Fusion {
  readonly lateral: CheckpointTensor;
  readonly first: CheckpointTensor;
  readonly norm: BatchNormTensors;
  readonly second: CheckpointTensor;
}

/** What brings the transformed features back to full resolution. */
export interface FinePyramid {
  readonly top: CheckpointTensor;
  readonly quarter: Fusion;
  readonly half: Fusion;
}

/** Side of the windows of A at full resolution; B's are one pixel wider on each side. */
export const WINDOW = 8;
const WINDOW_B = WINDOW + 2;
/** Side of the patch of the half-resolution map from which either window is interpolated. */
const PATCH = WINDOW / 2 + 2;
/** Channels of the fine map that the second stage compares; the others are for the first. */
const SECOND_STAGE_CHANNELS = 8;
const SECOND_STAGE_TEMPERATURE = 10;
const SLOPE = 0.01;

/** @param weights scoped to `fine_preprocess` */
export function readFinePyramid(weights: Weights, { widths: [fine, quarter, coarse] }: EloftrConfig): FinePyramid {
  const fusion = (name: string, lateral: number, width: number, out: number): Fusion => ({
    lateral: weights.take(`${name}_outconv.weight`, [width, lateral, 1, 1]),
    first: weights.take(`${name}_outconv2.0.weight`, [width, width, 3, 3]),
    norm: readBatchNorm(weights.at(`${name}_outconv2.1`), width),
    second: weights.take(`${name}_outconv2.3.weight`, [out, width, 3, 3]),
  });
  return {
    top: weights.take('layer3_outconv.weight', [coarse, coarse, 1, 1]),
    quarter: fusion('layer2', quarter, coarse, quarter),
    half: fusion('layer1', fine, quarter, fine),
  };
}

/**
 * The fine features at half resolution, [1, c, h / 2, w / 2]. Upstream enlarges them once more; windows of
 * the full resolution are interpolated from these where they are needed, see {@link refinePixels}.
 *
 * @param coarse transformed features at stride 8, divided by √c
 */
export function fineFeatures(g: GraphBuilder, pyramid: FinePyramid, coarse: Value, quarter: Value, half: Value): Value {
  const top = conv2d(g, coarse, pyramid.top, null);
  const middle = fuse(g, pyramid.quarter, top, quarter);
  return fuse(g, pyramid.half, middle, half);
}

function fuse(g: GraphBuilder, { lateral, first, norm, second }: Fusion, above: Value, features: Value): Value {
  const size = [features.shape[2], features.shape[3]] as const;
  const sum = op.add(g, conv2d(g, features, lateral, null), op.resize(g, above, size));
  const hidden = op.leakyRelu(g, conv2dBatchNorm(g, sum, first, null, norm, { padding: 1 }), SLOPE);
  return conv2d(g, hidden, second, null, { padding: 1 });
}

/** What the fine stages say of every pixel of every cell of A, float32, cells row by row. */
export interface FineMatches {
  /** [cells, 64, 2] place in B in pixels. */
  readonly target: Value;
  /** [cells, 64] the largest entry of the pixel's row of the first stage's matrix. */
  readonly score: Value;
  /** [cells] the pixel of the largest entry, which is the network's own match of this cell. */
  readonly bestPixel: Value;
}

export type Observe = (name: string, value: Value) => void;

/**
 * Both fine stages (EfficientLoFTR, section 3.4) for every pixel of every cell of A in the window of B's cell that
 * `best` names. Upstream takes the best pixel of a cell only; every row of the first stage's matrix is
 * supervised in training, so every pixel has its own best partner.
 *
 * Two habits of upstream are part of what the weights know. The first stage's columns are normalised over all 100 pixels
 * of B's window and cut to the inner 64 afterwards. The second stage's 3×3 neighbourhood is found in the window of 10×10
 * with indices that count in the inner 8×8: it lies one pixel above and left of its centre, and the row or column before
 * the first is the last of the ten.
 *
 * @param fineA fine features of A at half resolution, fineB of B
 * @param best [cells of A] float32, an index of B's cells
 */
export function refinePixels(
  g: GraphBuilder,
  fineA: Value,
  fineB: Value,
  best: Value,
  pieceBytes: number,
  observe: Observe = () => {},
): FineMatches {
  const [, channels, heightA, widthA] = fineA.shape;
  const [, , heightB, widthB] = fineB.shape;
  const [cellsA, cellsB] = [
    [heightA / 4, widthA / 4],
    [heightB / 4, widthB / 4],
  ];
  const cells = cellsA[0] * cellsA[1];
  const [paddedA, paddedB] = [paddedRows(g, fineA), paddedRows(g, fineB)];
  const perPiece = Math.max(1, Math.floor(pieceBytes / (WINDOW ** 2 * WINDOW_B ** 2 * 4)));
  const pieces = Math.ceil(cells / perPiece);
  const bounds = Array.from({ length: pieces + 1 }, (_, i) => Math.round((i * cells) / pieces));
  const parts = bounds.slice(1).map((end, i) => {
    const start = bounds[i];
    const own = g.constant(
      Array.from({ length: end - start }, (_, k) => start + k),
      'float32',
    );
    const theirs = pieces === 1 ? best : op.slice(g, best, 0, start, end);
    const a = windows(g, paddedA, own, cellsA[1], widthA, WINDOW);
    const b = op.mul(
      g,
      windows(g, paddedB, theirs, cellsB[1], widthB, WINDOW_B),
      insideMask(g, theirs, cellsB[0], cellsB[1]),
    );
    observe('window_0', a);
    observe('window_1', b);
    return refinePiece(g, a, b, theirs, cellsB[1], channels, observe);
  });
  const join = (part: (fine: FineMatches) => Value): Value => op.concat(g, parts.map(part), 0);
  return {
    target: join(({ target }) => target),
    score: join(({ score }) => score),
    bestPixel: join(({ bestPixel }) => bestPixel),
  };
}

function refinePiece(
  g: GraphBuilder,
  a: Value,
  b: Value,
  best: Value,
  columnsB: number,
  channels: number,
  observe: Observe,
): FineMatches {
  const cells = a.shape[0];
  const first = channels - SECOND_STAGE_CHANNELS;
  const product = (from: number, to: number, scale: number): Value =>
    op.matMul(
      g,
      op.mul(g, op.slice(g, a, 2, from, to), scale),
      op.transpose(g, op.slice(g, b, 2, from, to), [0, 2, 1]),
    );
  // Divided by √c on either side, c being all channels of the map.
  const similarity = product(0, first, 1 / channels);
  const matrix = op.mul(g, op.softmax(g, similarity, 1), op.softmax(g, similarity, 2));
  const square = op.reshape(g, matrix, [cells * WINDOW ** 2, WINDOW_B, WINDOW_B]);
  const inner = op.reshape(g, op.slice(g, op.slice(g, square, 1, 1, -1), 2, 1, -1), [cells, WINDOW ** 2, WINDOW ** 2]);
  observe('stage1_confidence', inner);
  const largest = op.reduceMax(g, inner, [2]);
  const partner = firstOf(g, inner, largest, 2);
  const score = op.reshape(g, largest, [cells, WINDOW ** 2]);
  const bestPixel = op.reshape(g, firstOf(g, score, op.reduceMax(g, score, [1]), 1), [cells]);
  observe('pixel_idx_r', partner);

  const { row, column } = rowAndColumn(g, partner, WINDOW);
  const wrapped = (index: Value): Value => {
    const neighbours = op.add(g, index, g.constant([-1, 0, 1], 'float32', [1, 1, 3]));
    return op.where(g, op.less(g, neighbours, 0), op.add(g, neighbours, WINDOW_B), neighbours);
  };
  const rows = op.reshape(g, wrapped(row), [cells, WINDOW ** 2, 3, 1]);
  const columns = op.reshape(g, wrapped(column), [cells, WINDOW ** 2, 1, 3]);
  const places = op.reshape(g, op.add(g, op.mul(g, rows, WINDOW_B), columns), [cells, WINDOW ** 2, 9]);
  const second = product(first, channels, 1 / (Math.sqrt(SECOND_STAGE_CHANNELS) * SECOND_STAGE_TEMPERATURE));
  const weights = op.softmax(g, op.gatherElements(g, second, op.cast(g, places, 'int32'), 2), 2);
  const offset = op.matMul(g, weights, g.constant(NEIGHBOUR_OFFSETS.flat(), 'float32', [9, 2]));
  observe('stage2_offset', offset);

  const corner = rowAndColumn(g, op.reshape(g, best, [cells, 1, 1]), columnsB);
  const place = (cell: Value, pixel: Value): Value =>
    op.add(g, op.add(g, op.mul(g, cell, WINDOW), pixel), 0.5 - WINDOW / 2);
  const target = op.add(g, op.concat(g, [place(corner.column, column), place(corner.row, row)], 2), offset);
  return { target, score, bestPixel };
}

/** (x, y) of a 3×3 neighbourhood, row by row. */
const NEIGHBOUR_OFFSETS = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [x, y]));

/** [1, c, h, w] with its border doubled, as rows [(h + 2) · (w + 2), c] in float32. */
function paddedRows(g: GraphBuilder, x: Value): Value {
  const [, channels, height, width] = x.shape;
  const padded = op.pad(g, op.toFloat32(g, x), [0, 0, 1, 1], [0, 0, 1, 1], 'edge');
  return op.transpose(g, op.reshape(g, padded, [channels, (height + 2) * (width + 2)]), [1, 0]);
}

/**
 * Windows of the full resolution, `side` pixels wide around the middle of each cell, interpolated from the
 * half-resolution map (bilinear, half-pixel centres): [cells, side², c].
 */
function windows(g: GraphBuilder, padded: Value, cells: Value, columns: number, width: number, side: number): Value {
  const [count] = cells.shape;
  const steps = Array.from({ length: PATCH }, (_, i) => i);
  const offsets = steps.flatMap((y) => steps.map((x) => y * (width + 2) + x));
  const { row, column } = rowAndColumn(g, op.reshape(g, cells, [count, 1]), columns);
  const corner = op.mul(g, op.add(g, op.mul(g, row, width + 2), column), WINDOW / 2);
  const places = op.add(g, corner, g.constant(offsets, 'float32', [1, PATCH ** 2]));
  const patches = op.gather(g, padded, op.cast(g, places, 'int32'), 0);
  const interpolation = g.constant(interpolationMatrix(side).flat(), 'float32', [1, side ** 2, PATCH ** 2]);
  return op.matMul(g, interpolation, patches);
}

/** Weights of a patch's pixels in each pixel of a window that is `side` wide and shares its centre. */
function interpolationMatrix(side: number): number[][] {
  const axis = Array.from({ length: side }, (_, i) => {
    const at = PATCH / 2 - 0.5 + (i - (side - 1) / 2) / 2;
    return Array.from({ length: PATCH }, (_, k) => Math.max(0, 1 - Math.abs(at - k)));
  });
  return axis.flatMap((down) => axis.map((across) => down.flatMap((y) => across.map((x) => x * y))));
}

/** One where a pixel of a cell's window of 10×10 lies in B, zero where it would be padding: [cells, 100, 1]. */
function insideMask(g: GraphBuilder, cells: Value, rows: number, columns: number): Value {
  const [count] = cells.shape;
  const { row, column } = rowAndColumn(g, cells, columns);
  const table = (extent: number): Value =>
    g.constant(
      Array.from({ length: extent }, (_, cell) =>
        Array.from({ length: WINDOW_B }, (_, i) =>
          (cell === 0 && i === 0) || (cell === extent - 1 && i === WINDOW_B - 1) ? 0 : 1,
        ),
      ).flat(),
      'float32',
      [extent, WINDOW_B],
    );
  const down = op.gather(g, table(rows), op.cast(g, row, 'int32'), 0);
  const across = op.gather(g, table(columns), op.cast(g, column, 'int32'), 0);
  const both = op.mul(g, op.reshape(g, down, [count, WINDOW_B, 1]), op.reshape(g, across, [count, 1, WINDOW_B]));
  return op.reshape(g, both, [count, WINDOW_B ** 2, 1]);
}
