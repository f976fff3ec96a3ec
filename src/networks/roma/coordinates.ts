import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';

/** Normalised centres of `extent` pixels: −1 + 1/n … 1 − 1/n (align_corners = false). */
export function pixelCentres(extent: number): number[] {
  return Array.from({ length: extent }, (_, i) => (2 * i + 1) / extent - 1);
}

/**
 * How far a warp [1, 2, rows, w] moves each place of its own grid: warp minus the identity, in normalised units.
 *
 * @param ys centres of the warp's rows, for a warp that is a strip of a larger one
 */
export function displacement(g: GraphBuilder, warp: Value, ys: readonly number[]): Value {
  const [, , rows, width] = warp.shape;
  // Two rows of numbers broadcast; a stored identity warp would be 14 MB at 1344×1344.
  const [x, y] = op.split(g, warp, 1, [1, 1]);
  const dx = op.sub(g, x, g.constant(pixelCentres(width), 'float32', [1, 1, 1, width]));
  const dy = op.sub(g, y, g.constant(ys, 'float32', [1, 1, rows, 1]));
  return op.concat(g, [dx, dy], 1);
}

/** A warp [1, 2, h, w] as the grid [1, h, w, 2] that GridSample reads. */
export function samplingGrid(g: GraphBuilder, warp: Value): Value {
  return op.transpose(g, warp, [0, 2, 3, 1]);
}
