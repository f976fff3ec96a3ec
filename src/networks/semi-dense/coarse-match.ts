import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { BYTES_PER_ELEMENT } from '../../onnx/value.ts';

/** For every cell of A, row by row, the cell of B that its features like best. All float32, indices included. */
export interface CoarseMatches {
  /** [cells of A] index of that cell in B, the first of equals. */
  readonly best: Value;
  /** [cells of A] confidence of that choice. */
  readonly confidence: Value;
  /** [cells of A] one where that cell of B also likes none better, else zero. */
  readonly mutual: Value;
}

export interface CoarseOptions {
  /** Factor of the products, temperature included. */
  readonly scale: number;
  /** `dual-softmax`: over rows times over columns, as LoFTR; `similarity`: the scaled product as it is. */
  readonly confidence: 'dual-softmax' | 'similarity';
  /** Rows of the similarity matrix are taken in strips of at most this many bytes. */
  readonly pieceBytes: number;
}

/** Told the parts of the matrices, first row first, for tests. */
export type ObserveStrip = (name: 'similarity' | 'confidence', strip: Value) => void;

/**
 * Mutual nearest neighbours by confidence (LoFTR, section 3.3) without ever holding the whole matrix: first the maxima and
 * sums of rows and columns over all strips, then each strip once more with them.
 *
 * @param a features of A, [1, cells, c] float32
 * @param b features of B, [1, cells, c] float32
 */
export function matchCells(
  g: GraphBuilder,
  a: Value,
  b: Value,
  options: CoarseOptions,
  observe: ObserveStrip = () => {},
): CoarseMatches {
  const [rows, columns] = [a.shape[1], b.shape[1]];
  const { count, similarity } = similarityStrips(g, a, b, options.scale, options.pieceBytes);
  const strips = Array.from({ length: count }, (_, i) => i);
  const single = count === 1 ? similarity(0) : null;
  const strip = (i: number): Value => single ?? similarity(i);

  const confidenceOf =
    options.confidence === 'similarity' ? (_: number, s: Value): Value => s : dualSoftmax(g, strips.map(strip));
  const parts = strips.map((i) => {
    const s = strip(i);
    const confidence = confidenceOf(i, s);
    observe('similarity', s);
    observe('confidence', confidence);
    const { index, largest } = firstLargest(g, confidence, 1);
    return { best: index, largest, columnLargest: op.reduceMax(g, confidence, [0]) };
  });
  const best = op.reshape(
    g,
    op.concat(
      g,
      parts.map((part) => part.best),
      0,
    ),
    [rows],
  );
  const confidence = op.reshape(
    g,
    op.concat(
      g,
      parts.map((part) => part.largest),
      0,
    ),
    [rows],
  );
  const columnLargest = parts.map((part) => part.columnLargest).reduce((x, y) => op.max(g, x, y));
  const theirs = op.gather(g, op.reshape(g, columnLargest, [columns]), op.cast(g, best, 'int32'), 0);
  const mutual = op.cast(g, op.greaterOrEqual(g, confidence, theirs), 'float32');
  return { best, confidence, mutual };
}

/**
 * ⟨a_i, b_j⟩ · scale in strips of rows of at most `pieceBytes`, each computed anew whenever it is asked for.
 *
 * @param a [1, rows, c] float32
 * @param b [1, columns, c] float32
 */
export function similarityStrips(
  g: GraphBuilder,
  a: Value,
  b: Value,
  scale: number,
  pieceBytes: number,
): { count: number; bounds: readonly number[]; similarity: (index: number) => Value } {
  const [, rows, channels] = a.shape;
  const columns = b.shape[1];
  const perStrip = Math.max(1, Math.floor(pieceBytes / (columns * BYTES_PER_ELEMENT.float32)));
  const count = Math.ceil(rows / perStrip);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * rows) / count));
  const scaled = op.mul(g, op.reshape(g, a, [rows, channels]), scale);
  const right = op.transpose(g, op.reshape(g, b, [columns, channels]), [1, 0]);
  const similarity = (i: number): Value =>
    op.matMul(g, count === 1 ? scaled : op.slice(g, scaled, 0, bounds[i], bounds[i + 1]), right);
  return { count, bounds, similarity };
}

/** For every row the first column with the largest scaled product, and that product: [rows] float32 each. */
export function bestColumns(
  g: GraphBuilder,
  a: Value,
  b: Value,
  { scale, pieceBytes }: { readonly scale: number; readonly pieceBytes: number },
): { best: Value; largest: Value } {
  const { count, similarity } = similarityStrips(g, a, b, scale, pieceBytes);
  const parts = Array.from({ length: count }, (_, i) => {
    const { index, largest } = firstLargest(g, similarity(i), 1);
    return { best: index, largest };
  });
  const joined = (key: 'best' | 'largest'): Value =>
    op.reshape(
      g,
      op.concat(
        g,
        parts.map((part) => part[key]),
        0,
      ),
      [a.shape[1]],
    );
  return { best: joined('best'), largest: joined('largest') };
}

/** Softmax over rows times softmax over columns, for strips of rows of one matrix. */
function dualSoftmax(g: GraphBuilder, strips: readonly Value[]): (index: number, strip: Value) => Value {
  if (strips.length === 1) return (_, s) => op.mul(g, op.softmax(g, s, 1), op.softmax(g, s, 0));
  const statistics = strips.map((s) => {
    const rowLargest = op.reduceMax(g, s, [1]);
    const columnLargest = op.reduceMax(g, s, [0]);
    return {
      rowLargest,
      rowSum: op.reduceSum(g, op.exp(g, op.sub(g, s, rowLargest)), [1]),
      columnLargest,
      columnSum: op.reduceSum(g, op.exp(g, op.sub(g, s, columnLargest)), [0]),
    };
  });
  const columnLargest = statistics.map((part) => part.columnLargest).reduce((x, y) => op.max(g, x, y));
  const columnSum = statistics
    .map((part) => op.mul(g, part.columnSum, op.exp(g, op.sub(g, part.columnLargest, columnLargest))))
    .reduce((x, y) => op.add(g, x, y));
  return (index, s) => {
    const { rowLargest, rowSum } = statistics[index];
    const overRow = op.div(g, op.exp(g, op.sub(g, s, rowLargest)), rowSum);
    return op.mul(g, overRow, op.div(g, op.exp(g, op.sub(g, s, columnLargest)), columnSum));
  };
}

/** Index along `axis`, as float32, of the first entry of `x` that reaches `largest`; the axis stays with extent 1. */
export function firstOf(g: GraphBuilder, x: Value, largest: Value, axis: number): Value {
  const extent = x.shape[axis];
  const indices = g.constant(
    Array.from({ length: extent }, (_, i) => i),
    'float32',
    x.shape.map((_, i) => (i === axis ? extent : 1)),
  );
  // int64 of ArgMax would be computed on the CPU; floats count exactly up to 2²⁴.
  return op.reduceMin(g, op.where(g, op.greaterOrEqual(g, x, largest), indices, extent), [axis]);
}

/** Largest blocks of a line that {@link firstLargest} looks into, and below which blocks are not worth it. */
const BLOCK = { most: 128, least: 8 };

/**
 * The largest entry along an axis of a matrix and its index, the first of equals, both float32 with that axis of extent 1. The
 * matrix is read once, for the maxima of blocks; only the block that holds the largest entry is searched.
 */
export function firstLargest(g: GraphBuilder, x: Value, axis: 0 | 1): { index: Value; largest: Value } {
  const extent = x.shape[axis];
  let block = Math.min(extent, BLOCK.most);
  while (extent % block !== 0) block -= 1;
  if (block < BLOCK.least || block === extent) {
    const largest = op.reduceMax(g, x, [axis]);
    return { index: firstOf(g, x, largest, axis), largest };
  }
  const [rows, columns] = x.shape;
  const parts = extent / block;
  const ofBlocks =
    axis === 1
      ? op.reduceMax(g, op.reshape(g, x, [rows, parts, block]), [2], false)
      : op.reduceMax(g, op.reshape(g, x, [parts, block, columns]), [1], false);
  const largest = op.reduceMax(g, ofBlocks, [axis]);
  const first = op.mul(g, firstOf(g, ofBlocks, largest, axis), block);
  const steps = g.constant(
    Array.from({ length: block }, (_, i) => i),
    'float32',
    axis === 1 ? [1, block] : [block, 1],
  );
  const inside = op.gatherElements(g, x, op.cast(g, op.add(g, first, steps), 'int32'), axis);
  return { index: op.add(g, first, firstOf(g, inside, largest, axis)), largest };
}

/** Row and column of row-major float32 indices into a grid that is `width` wide. */
export function rowAndColumn(g: GraphBuilder, index: Value, width: number): { row: Value; column: Value } {
  // Half a cell is added before the division so that rounding cannot reach the next row.
  const row = op.floor(g, op.mul(g, op.add(g, index, 0.5), 1 / width));
  return { row, column: op.sub(g, index, op.mul(g, row, width)) };
}
