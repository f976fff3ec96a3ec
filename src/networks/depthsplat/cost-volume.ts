import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { BYTES_PER_ELEMENT } from '../../onnx/value.ts';

/** Nearest z in front of the other camera by which a place is divided, in the scene's units. */
const NEAREST_Z = 1e-3;

/** Buffers of warped features or correlations; all candidates at once would take 537 MB at 256 px. */
const CHUNK_BYTES = 64 * 2 ** 20;

/**
 * A sample of one channel costs about as much as so many operations of a matrix product (measured on the CPU: 55 ns against
 * 25 GFLOP/s; half of that is trusted).
 */
const SAMPLE_OPERATIONS = 700;

/** How each view's pixels and inverse depths lie in the other view. */
export interface Sweep {
  /** [2, 3, 3]: K of the other · R · K⁻¹ of this one, in pixels of the input (the first pixel's index is 0). */
  readonly turn: Value;
  /** [2, 3, 1]: K of the other · t. */
  readonly shift: Value;
}

/** Two ways to the same numbers: sampling the other view's features, or their products with each cell of this one. */
export type SweepMethod = 'features' | 'products';

/**
 * Plane-sweep cost volume of two views (Collins 1996; as in DepthSplat, Xu et al. 2025): features of this view times those of
 * the other where each candidate would see them, by √channels. Each photo keeps its own K. In float32 and in chunks.
 *
 * Sampling is linear in what is sampled: the product with a sample of features is the sample of products. Where cells are few for
 * the number of candidates, all products of both views' cells are made at once and read with one channel instead of 128.
 *
 * @param features [2, c, h, w] of both views
 * @param candidates inverse depths [2, d, 1, 1], or [2, d, h, w] of every cell
 * @param stride input pixels per cell
 * @param method the cheaper one unless given
 * @returns [2, d, h, w] float32
 */
export function costVolume(
  g: GraphBuilder,
  features: Value,
  candidates: Value,
  stride: number,
  sweep: Sweep,
  method?: SweepMethod,
): Value {
  const [, channels, height, width] = features.shape;
  const exact = op.toFloat32(g, features);
  const places = projected(g, candidates, sweep, { height, width, stride });
  const own = op.mul(g, exact, 1 / Math.sqrt(channels));
  const isDense = 2 * height * width < SAMPLE_OPERATIONS * candidates.shape[1];
  return (method ?? (isDense ? 'products' : 'features')) === 'products'
    ? sampledProducts(g, own, exact, places)
    : sampledFeatures(g, own, exact, places);
}

interface Places {
  /** [2, d, h, w] each, as grid_sample counts with align_corners. */
  readonly x: Value;
  readonly y: Value;
}

function sampledFeatures(g: GraphBuilder, own: Value, features: Value, { x, y }: Places): Value {
  const [views, channels, height, width] = features.shape;
  const count = x.shape[1];
  const cells = height * width;
  const other = op.concat(g, op.split(g, features, 0, [1, 1]).toReversed(), 0);
  const chunk = largestPart(count, views * channels * cells * BYTES_PER_ELEMENT.float32);
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

function sampledProducts(g: GraphBuilder, own: Value, features: Value, { x, y }: Places): Value {
  const [views, channels, height, width] = features.shape;
  const count = x.shape[1];
  const cells = height * width;
  const rows = largestPart(height, width * cells * BYTES_PER_ELEMENT.float32);
  const flat = op.reshape(g, features, [views, channels, cells]);
  // Cell by cell: its features, and its places in the other view.
  const ownCells = op.transpose(g, op.reshape(g, own, [views, channels, cells]), [0, 2, 1]);
  const perCell = (of: Value): Value =>
    op.reshape(g, op.transpose(g, op.reshape(g, of, [views, count, cells]), [0, 2, 1]), [views, cells, count, 1]);
  const grid = op.concat(g, [perCell(x), perCell(y)], 3);
  const costs = Array.from({ length: views }, (_, view) => {
    const other = views - 1 - view;
    const target = op.slice(g, flat, 0, other, other + 1);
    const parts = Array.from({ length: height / rows }, (__, i) => {
      const part = (of: Value): Value => {
        const one = op.slice(g, of, 0, view, view + 1);
        return op.slice(g, one, 1, i * rows * width, (i + 1) * rows * width);
      };
      const products = op.matMul(g, part(ownCells), target);
      const pictures = op.reshape(g, products, [rows * width, 1, height, width]);
      const asked = op.reshape(g, part(grid), [rows * width, 1, count, 2]);
      return op.reshape(g, op.gridSample(g, pictures, asked, { alignCorners: true }), [rows * width, count]);
    });
    return op.reshape(g, op.transpose(g, op.concat(g, parts, 0), [1, 0]), [1, count, height, width]);
  });
  return op.concat(g, costs, 0);
}

/** How many of `count` at a time: as many as divide it and stay within the limit; one at least. */
function largestPart(count: number, bytesOfOne: number): number {
  let part = Math.min(count, Math.max(1, Math.floor(CHUNK_BYTES / bytesOfOne)));
  while (count % part !== 0) part -= 1;
  return part;
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
): Places {
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
