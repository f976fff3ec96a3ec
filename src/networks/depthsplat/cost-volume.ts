import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { BYTES_PER_ELEMENT } from '../../onnx/value.ts';

/** Nearest z in front of the other camera by which a place is divided, in the scene's units. */
const NEAREST_Z = 1e-3;

/** A warped copy of the features takes no more than this; all candidates at once would take 537 MB at 256 px. */
const CHUNK_BYTES = 48 * 2 ** 20;

/** How each view's pixels and inverse depths lie in the other view. */
export interface Sweep {
  /** [2, 3, 3]: K of the other · R · K⁻¹ of this one, in pixels of the input (the first pixel's index is 0). */
  readonly turn: Value;
  /** [2, 3, 1]: K of the other · t. */
  readonly shift: Value;
}

/**
 * Plane-sweep cost volume of two views (Collins 1996; as in DepthSplat, Xu et al. 2025): features of this view times those of
 * the other where each candidate would see them, by √channels. Each photo keeps its own K. In float32 and in chunks of
 * candidates.
 *
 * @param features [2, c, h, w] of both views
 * @param candidates inverse depths [2, d, 1, 1], or [2, d, h, w] of every cell
 * @param stride input pixels per cell
 * @returns [2, d, h, w] float32
 */
export function costVolume(g: GraphBuilder, features: Value, candidates: Value, stride: number, sweep: Sweep): Value {
  const [views, channels, height, width] = features.shape;
  const count = candidates.shape[1];
  const cells = height * width;
  const own = op.mul(g, op.toFloat32(g, features), 1 / Math.sqrt(channels));
  const other = op.concat(g, op.split(g, op.toFloat32(g, features), 0, [1, 1]).toReversed(), 0);
  const { x, y } = projected(g, candidates, sweep, { height, width, stride });
  const chunk = chunkOf(count, views * channels * cells * BYTES_PER_ELEMENT.float32);
  const flat = op.reshape(g, own, [views, channels, 1, cells]);
  const costs = Array.from({ length: count / chunk }, (_, i) => {
    const part = (of: Value): Value => {
      const some = op.slice(g, of, 1, i * chunk, (i + 1) * chunk);
      return op.reshape(g, some, [views, chunk * height, width, 1]);
    };
    const grid = op.concat(g, [part(x), part(y)], 3);
    const seen = op.gridSample(g, other, grid, { alignCorners: true });
    const products = op.mul(g, op.reshape(g, seen, [views, channels, chunk, cells]), flat);
    return op.reduceSum(g, products, [1], false);
  });
  return op.reshape(g, op.concat(g, costs, 1), [views, count, height, width]);
}

/** Candidates at a time: as many as divide their number and stay within the limit; one at least. */
function chunkOf(count: number, bytesPerCandidate: number): number {
  let chunk = Math.min(count, Math.max(1, Math.floor(CHUNK_BYTES / bytesPerCandidate)));
  while (count % chunk !== 0) chunk -= 1;
  return chunk;
}

interface Cells {
  readonly height: number;
  readonly width: number;
  readonly stride: number;
}

/** Where every cell lies in the other view with every candidate, as grid_sample counts with align_corners. */
function projected(
  g: GraphBuilder,
  candidates: Value,
  { turn, shift }: Sweep,
  { height, width, stride }: Cells,
): { x: Value; y: Value } {
  const views = turn.shape[0];
  const pixels = g.initializer('sweep.pixels', 'float32', [3, height * width], () => {
    const values = new Float32Array(3 * height * width);
    for (let i = 0; i < height * width; i += 1) {
      values[i] = (i % width) * stride;
      values[height * width + i] = Math.floor(i / width) * stride;
      values[2 * height * width + i] = 1;
    }
    return new Uint8Array(values.buffer);
  });
  const rays = op.reshape(g, op.matMul(g, turn, pixels), [views, 3, height, width]);
  const shifts = op.reshape(g, shift, [views, 3, 1, 1]);
  // Multiplied by the inverse depth throughout, which is what it is divided by in the end: far planes keep their digits.
  const [x, y, z] = [0, 1, 2].map((axis) => {
    const ray = op.slice(g, rays, 1, axis, axis + 1);
    return op.add(g, ray, op.mul(g, candidates, op.slice(g, shifts, 1, axis, axis + 1)));
  });
  const depth = op.max(g, z, op.mul(g, candidates, NEAREST_Z));
  const normalised = (at: Value, extent: number): Value => {
    const scaled = op.mul(g, op.div(g, at, depth), 2 / (stride * (extent - 1)));
    // What is outside stays outside; a kernel that counts in integers is spared the rest.
    return op.clip(g, op.sub(g, scaled, 1), -4, 4);
  };
  return { x: normalised(x, width), y: normalised(y, height) };
}
