import { graphError } from '../errors.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { requireRank, sameDType } from '../shape-inference.ts';
import type { Value } from '../value.ts';
import { describeValue } from '../value.ts';

export interface ConvOptions {
  readonly stride?: number;
  /** Zeros added on each of the four sides, or above, left, below and right. */
  readonly padding?: number | readonly [number, number, number, number];
  readonly dilation?: number;
  readonly groups?: number;
}

/** 2-D convolution of [n, c, h, w] by weights [out, c / groups, kh, kw], with an optional bias [out]. */
export function conv(g: GraphBuilder, x: Value, weight: Value, bias: Value | null, options: ConvOptions = {}): Value {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const pads = typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
  requireRank('Conv', x, 4);
  requireRank('Conv', weight, 4);
  const dtype = sameDType('Conv', bias ? [x, weight, bias] : [x, weight]);
  const [n, channels, ...size] = x.shape;
  const [out, perGroup, ...kernel] = weight.shape;
  if (perGroup * groups !== channels || out % groups !== 0) {
    throw graphError('Conv', `${describeValue(weight)} in ${groups} groups on ${describeValue(x)}`);
  }
  const spatial = size.map(
    (extent, i) => Math.floor((extent + pads[i] + pads[i + 2] - dilation * (kernel[i] - 1) - 1) / stride) + 1,
  );
  return g.node(
    'Conv',
    [x, weight, bias],
    { dtype, shape: [n, out, ...spatial] },
    {
      kernel_shape: kernel,
      strides: [stride, stride],
      pads,
      dilations: [dilation, dilation],
      group: groups,
    },
  );
}

/** 2-D transposed convolution of [n, c, h, w] by weights [c, out / groups, kh, kw], with an optional bias [out]. */
export function convTranspose(
  g: GraphBuilder,
  x: Value,
  weight: Value,
  bias: Value | null,
  options: Omit<ConvOptions, 'dilation' | 'padding'> & {
    readonly padding?: number;
    readonly outputPadding?: number;
  } = {},
): Value {
  const { stride = 1, padding = 0, groups = 1, outputPadding = 0 } = options;
  requireRank('ConvTranspose', x, 4);
  requireRank('ConvTranspose', weight, 4);
  const dtype = sameDType('ConvTranspose', bias ? [x, weight, bias] : [x, weight]);
  const [n, channels, ...size] = x.shape;
  const [channelsOfWeight, perGroup, ...kernel] = weight.shape;
  if (channelsOfWeight !== channels)
    throw graphError('ConvTranspose', `${describeValue(weight)} on ${describeValue(x)}`);
  const spatial = size.map((extent, i) => (extent - 1) * stride - 2 * padding + kernel[i] + outputPadding);
  return g.node(
    'ConvTranspose',
    [x, weight, bias],
    { dtype, shape: [n, perGroup * groups, ...spatial] },
    {
      kernel_shape: kernel,
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      output_padding: [outputPadding, outputPadding],
      group: groups,
    },
  );
}

interface PoolOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** 2-D max pooling; the stride is the kernel's extent unless given, as in PyTorch. */
export function maxPool(g: GraphBuilder, x: Value, options: PoolOptions): Value {
  return pool(g, 'MaxPool', x, options, {});
}

/** 2-D average pooling; padding counts as zeros in the mean, as in PyTorch. */
export function averagePool(g: GraphBuilder, x: Value, options: PoolOptions): Value {
  return pool(g, 'AveragePool', x, options, { count_include_pad: 1 });
}

function pool(g: GraphBuilder, op: string, x: Value, options: PoolOptions, extra: Record<string, number>): Value {
  const { kernel, stride = kernel, padding = 0 } = options;
  requireRank(op, x, 4);
  const [n, channels, ...size] = x.shape;
  const spatial = size.map((extent) => Math.floor((extent + 2 * padding - kernel) / stride) + 1);
  return g.node(
    op,
    [x],
    { dtype: x.dtype, shape: [n, channels, ...spatial] },
    {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      ...extra,
    },
  );
}
