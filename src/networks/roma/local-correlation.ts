import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { byteLength, BYTES_PER_ELEMENT } from '../../onnx/value.ts';

/** Half of what every WebGPU device can bind (128 MiB). */
const TEMPORARY_BYTES = 64 * 2 ** 20;

/**
 * Correlation of A's features with a window of B's around the place where the warp puts them,
 * ⟨x(p), y(warp(p) + o)⟩ / √c for offsets o of up to `radius` pixels of B, rows of offsets first (RoMa, §3).
 * The windows' features are never formed: either the full correlation volume is sampled (sampling is linear,
 * so it commutes with the product), or a few shifted copies of the warped map at a time.
 *
 * @param x features of A or of some of its rows, [1, c, h, w]
 * @param y features of B, [1, c, hB, wB]
 * @param grid where the warp puts each pixel of x in B, [1, h, w, 2] float32
 * @param temporaryBytes what the volume or a stack of sampled maps may take
 * @returns [1, (2 · radius + 1)², h, w] float32
 */
export function localCorrelation(
  g: GraphBuilder,
  x: Value,
  y: Value,
  grid: Value,
  radius: number,
  temporaryBytes = TEMPORARY_BYTES,
): Value {
  const [, channels, height, width] = x.shape;
  const scaled = op.mul(g, x, 1 / Math.sqrt(channels));
  const volumeBytes = height * width * y.shape[2] * y.shape[3] * BYTES_PER_ELEMENT.float32;
  return g.scope('local_corr', () =>
    volumeBytes <= temporaryBytes
      ? fromVolume(g, scaled, y, grid, radius)
      : fromShifts(g, scaled, y, grid, radius, temporaryBytes),
  );
}

/** One GridSample of ⟨x(p), y(·)⟩, an image of B's size for every pixel p of A. */
function fromVolume(g: GraphBuilder, x: Value, y: Value, grid: Value, radius: number): Value {
  const [, channels, height, width] = x.shape;
  const [, , heightB, widthB] = y.shape;
  const pixels = height * width;
  const side = 2 * radius + 1;
  const rows = op.transpose(g, op.reshape(g, x, [channels, pixels]), [1, 0]);
  const volume = op.toFloat32(g, op.matMul(g, rows, op.reshape(g, y, [channels, heightB * widthB])));
  const offsets = g.constant(windowOffsets(radius, heightB, widthB).flat(), 'float32', [1, side, side, 2]);
  const places = op.add(g, op.reshape(g, grid, [pixels, 1, 1, 2]), offsets);
  const sampled = op.gridSample(g, op.reshape(g, volume, [pixels, 1, heightB, widthB]), places);
  const byOffset = op.transpose(g, op.reshape(g, sampled, [pixels, side * side]), [1, 0]);
  return op.reshape(g, byOffset, [1, side * side, height, width]);
}

/** Samples B's features at several offsets at once, stacked along the height, as many as the limit allows. */
function fromShifts(g: GraphBuilder, x: Value, y: Value, grid: Value, radius: number, temporaryBytes: number): Value {
  const [, channels, height, width] = x.shape;
  const offsets = windowOffsets(radius, y.shape[2], y.shape[3]);
  const perGroup = Math.max(1, Math.floor(temporaryBytes / byteLength({ dtype: 'float32', shape: x.shape })));
  const map = op.reshape(g, x, [1, channels, 1, height, width]);
  const parts: Value[] = [];
  for (let first = 0; first < offsets.length; first += perGroup) {
    const group = offsets.slice(first, first + perGroup);
    const count = group.length;
    const places = op.add(
      g,
      op.reshape(g, grid, [1, 1, height * width, 2]),
      g.constant(group.flat(), 'float32', [1, count, 1, 2]),
    );
    const sampled = op.gridSample(g, y, op.reshape(g, places, [1, count * height, width, 2]));
    const product = op.mul(g, op.reshape(g, sampled, [1, channels, count, height, width]), map);
    parts.push(op.reduceSum(g, op.toFloat32(g, product), [1], false));
  }
  return op.concat(g, parts, 1);
}

/** (x, y) of every offset of a window in normalised coordinates of an h×w map, row by row. */
function windowOffsets(radius: number, height: number, width: number): number[][] {
  const steps = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  return steps.flatMap((dy) => steps.map((dx) => [(2 * dx) / width, (2 * dy) / height]));
}
