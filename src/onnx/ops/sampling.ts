import { graphError } from '../errors.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { requireRank, sameDType } from '../shape-inference.ts';
import type { Value } from '../value.ts';
import { describeValue } from '../value.ts';

export interface GridSampleOptions {
  readonly mode?: 'bilinear' | 'nearest' | 'bicubic';
  readonly padding?: 'zeros' | 'border' | 'reflection';
  readonly alignCorners?: boolean;
}

/**
 * Reads [n, c, h, w] at the places of a grid [n, oh, ow, 2] of (x, y) in [-1, 1], like PyTorch's
 * grid_sample. The grid is float32 whatever the image is: half-precision coordinates miss by pixels. (The WebGPU
 * kernel takes the mixture; the CPU has only float32 and converts on the way.)
 */
export function gridSample(g: GraphBuilder, x: Value, grid: Value, options: GridSampleOptions = {}): Value {
  const { mode = 'bilinear', padding = 'zeros', alignCorners = false } = options;
  requireRank('GridSample', x, 4);
  requireRank('GridSample', grid, 4);
  sameDType('GridSample', [x], ['float32', 'float16']);
  sameDType('GridSample', [grid], ['float32']);
  const [n, channels] = x.shape;
  const [nOfGrid, height, width, two] = grid.shape;
  if (nOfGrid !== n || two !== 2) throw graphError('GridSample', `${describeValue(x)} at ${describeValue(grid)}`);
  const attributes = { mode, padding_mode: padding, align_corners: Number(alignCorners) };
  return g.node('GridSample', [x, grid], { dtype: x.dtype, shape: [n, channels, height, width] }, attributes);
}

export interface ResizeOptions {
  readonly mode?: 'nearest' | 'linear' | 'cubic';
  /**
   * PyTorch's interpolate: `align_corners` for align_corners=True; `half_pixel` for False (linear and
   * cubic); `asymmetric` for nearest.
   */
  readonly coordinates?: 'half_pixel' | 'pytorch_half_pixel' | 'align_corners' | 'asymmetric';
}

/** Resizes the spatial axes of [n, c, h, w] to `size` = [height, width], without antialiasing. */
export function resize(g: GraphBuilder, x: Value, size: readonly [number, number], options: ResizeOptions = {}): Value {
  const { mode = 'linear', coordinates = mode === 'nearest' ? 'asymmetric' : 'half_pixel' } = options;
  requireRank('Resize', x, 4);
  const shape = [x.shape[0], x.shape[1], ...size];
  if (shape.every((extent, axis) => extent === x.shape[axis])) return x;
  return g.node(
    'Resize',
    [x, null, null, g.constant(shape, 'int64')],
    { dtype: x.dtype, shape },
    {
      mode,
      coordinate_transformation_mode: coordinates,
      ...(mode === 'nearest' ? { nearest_mode: 'floor' } : {}),
      ...(mode === 'cubic' ? { cubic_coeff_a: { float: -0.75 } } : {}),
    },
  );
}

/**
 * Resizes [n, c, h, w] by a factor as PyTorch's interpolate does with `scale_factor`: each side is rounded down, but places are
 * those of the factor as given. Bilinear, half-pixel centres, no antialiasing.
 */
export function resizeByFactor(g: GraphBuilder, x: Value, factor: number): Value {
  requireRank('Resize', x, 4);
  const size = x.shape.slice(2).map((extent) => Math.floor(extent * factor));
  // The runtime rounds down too, but from a float32: one step up where that would be a pixel less.
  const single = Math.fround(factor);
  const isShort = x.shape.slice(2).some((extent, i) => Math.floor(Math.fround(extent * single)) < size[i]);
  const scale = isShort ? single * (1 + 2 ** -23) : single;
  const shape = [...x.shape.slice(0, 2), ...size];
  return g.node(
    'Resize',
    [x, null, g.constant([1, 1, scale, scale], 'float32')],
    { dtype: x.dtype, shape },
    { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
  );
}
