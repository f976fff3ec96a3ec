import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';

/** Keeps logarithms finite and weights positive. */
const SMALLEST = 1e-6;

/** Height and width in pixels. */
export type Size = readonly [number, number];

/** Pixel coordinates 0 … extent − 1 along one axis of [1, 1, h, w]. */
export function pixelIndices(g: GraphBuilder, extent: number, axis: 2 | 3): Value {
  const shape = [1, 1, 1, 1].map((_, i) => (i === axis ? extent : 1));
  return g.constant(
    Array.from({ length: extent }, (_, i) => i),
    'float32',
    shape,
  );
}

/**
 * The contract's outputs from displacements: `warp` [1, 2, h, w], normalised with align_corners = false, and
 * `certainty_logit` [1, 1, h, w].
 *
 * @param displacement [1, 2, h, w] (x, y) in pixels of B's input, for every pixel of A's input; integers are pixel centres
 * @param certainty [1, 1, h, w] in [0, 1]
 */
export function outputField(g: GraphBuilder, displacement: Value, certainty: Value, [heightB, widthB]: Size): void {
  const [, , height, width] = displacement.shape;
  const [dx, dy] = op.split(g, displacement, 1, [1, 1]);
  const normalised = (d: Value, index: Value, extent: number): Value =>
    op.sub(g, op.mul(g, op.add(g, op.add(g, d, index), 0.5), 2 / extent), 1);
  g.output(
    'warp',
    op.concat(
      g,
      [normalised(dx, pixelIndices(g, width, 3), widthB), normalised(dy, pixelIndices(g, height, 2), heightB)],
      1,
    ),
  );
  const inside = op.clip(g, certainty, SMALLEST, 1 - SMALLEST);
  g.output('certainty_logit', op.sub(g, op.log(g, inside), op.log(g, op.add(g, op.neg(g, inside), 1))));
}

/** The mean over each 2×2 neighbourhood, weighted by certainty: displacements and certainty between four pixels. */
export function betweenPixels(
  g: GraphBuilder,
  displacement: Value,
  certainty: Value,
): { displacement: Value; certainty: Value } {
  const weight = op.add(g, certainty, SMALLEST);
  const pool = (x: Value): Value => op.averagePool(g, x, { kernel: 2, stride: 1 });
  return {
    displacement: op.div(g, pool(op.mul(g, displacement, weight)), pool(weight)),
    certainty: pool(certainty),
  };
}

/**
 * Cells spread over pixels: bilinear between the cells' corners, displacements weighted by certainty, so that an uncertain
 * cell does not pull at its neighbours. Beyond the last corner of a row or column its values stay.
 *
 * @param displacement [1, 2, rows, columns] in pixels of B
 * @param certainty [1, 1, rows, columns]
 */
export function spreadCells(
  g: GraphBuilder,
  displacement: Value,
  certainty: Value,
  size: Size,
): { displacement: Value; certainty: Value } {
  const weight = op.add(g, certainty, SMALLEST);
  const spread = (x: Value): Value => op.resize(g, x, size, { coordinates: 'asymmetric' });
  return {
    displacement: op.div(g, spread(op.mul(g, displacement, weight)), spread(weight)),
    certainty: spread(certainty),
  };
}

/** Which of the network's own matches are its output: 1 where all conditions hold, [cells]. */
export interface OwnMatches {
  /** [cells, 2] (x, y) in pixels of A's and of B's input. */
  readonly a: Value;
  readonly b: Value;
  readonly confidence: Value;
  readonly isMatch: Value;
}

/**
 * The network's own matches beside the dense field, unchanged: `matches` [1, 6, rows, columns], for every cell of A
 * x and y in A, x and y in B (pixels of the input, integers are pixel centres), confidence, and 1 where the
 * published code would return it.
 */
export function outputMatches(g: GraphBuilder, { a, b, confidence, isMatch }: OwnMatches, [rows, columns]: Size): void {
  const cells = rows * columns;
  const row = (x: Value): Value => op.reshape(g, x, [cells, 1]);
  const table = op.concat(g, [a, b, row(confidence), row(isMatch)], 1);
  g.output('matches', op.reshape(g, op.transpose(g, table, [1, 0]), [1, 6, rows, columns]));
}

/** 1 where a row-major index of a grid lies at least `border` cells inside, [cells] float32. */
export function insideBorder(
  g: GraphBuilder,
  { row, column }: { row: Value; column: Value },
  [rows, columns]: Size,
  border: number,
): Value {
  const within = (x: Value, extent: number): Value =>
    op.mul(
      g,
      op.cast(g, op.greaterOrEqual(g, x, border), 'float32'),
      op.cast(g, op.less(g, x, extent - border), 'float32'),
    );
  return op.mul(g, within(row, rows), within(column, columns));
}
