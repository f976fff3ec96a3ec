import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { graphError } from '../errors.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { floatBytes } from '../graph-builder.ts';
import { add, toCompute } from '../ops/elementwise.ts';
import { matMul } from '../ops/linear-algebra.ts';
import { blocksPerRow, QUANTIZATION_BLOCK, quantizeRows } from '../quantize.ts';
import { transposed } from '../transpose.ts';
import type { Value } from '../value.ts';
import { describeValue } from '../value.ts';

/**
 * x·Wᵀ + b over the last axis, with the weights of a PyTorch Linear ([out, in] and [out]); x is brought to
 * the compute type, and the result has it. Quantised where the precision says so.
 *
 * @param scale an optional per-output factor [out] (LayerScale) folded into both
 */
export function linear(
  g: GraphBuilder,
  x: Value,
  weight: CheckpointTensor,
  bias: CheckpointTensor | null,
  scale: CheckpointTensor | null = null,
): Value {
  const [outputs, inputs] = weight.shape;
  if (x.shape.at(-1) !== inputs)
    throw graphError('linear', `${weight.name} [${weight.shape.join(', ')}] on ${describeValue(x)}`);
  const input = toCompute(g, x);
  const product =
    g.precision.linearBits === null
      ? matMul(g, input, scale ? scaledWeight(g, weight, scale) : g.weight(weight, transposed(weight)))
      : matMulNBits(g, input, weight, scale, g.precision.linearBits);
  if (!bias) return product;
  const offset = scale
    ? g.derivedWeight(`${bias.name}.scaled`, [outputs], async () =>
        scaleRows(await bias.readFloat32(), await scale.readFloat32()),
      )
    : g.weight(bias);
  return add(g, product, offset);
}

function scaledWeight(g: GraphBuilder, weight: CheckpointTensor, scale: CheckpointTensor): Value {
  const { shape, apply } = transposed(weight);
  const load = async (): Promise<Float32Array> =>
    apply(scaleRows(await weight.readFloat32(), await scale.readFloat32()));
  return g.derivedWeight(`${weight.name}.scaled`, shape, load);
}

/** Multiplies row i by `factors[i]`, in place. */
function scaleRows(matrix: Float32Array, factors: Float32Array): Float32Array {
  const columns = matrix.length / factors.length;
  for (let i = 0; i < matrix.length; i += 1) matrix[i] *= factors[Math.floor(i / columns)];
  return matrix;
}

function matMulNBits(
  g: GraphBuilder,
  x: Value,
  weight: CheckpointTensor,
  scale: CheckpointTensor | null,
  bits: 8 | 4,
): Value {
  const [rows, columns] = weight.shape;
  const quantize = async () => {
    const values = await weight.readFloat32();
    return quantizeRows(scale ? scaleRows(values, await scale.readFloat32()) : values, rows, columns, bits);
  };
  // Codes and scales are written one after the other: quantise once for both, then let go.
  const { first, second } = sharedBy2(quantize);
  const blocks = blocksPerRow(columns);
  const codes = g.initializer(
    `${weight.name}.q${bits}`,
    'uint8',
    [rows, blocks, (QUANTIZATION_BLOCK * bits) / 8],
    async () => (await first()).codes,
  );
  const scales = g.initializer(`${weight.name}.scales`, 'float32', [rows * blocks], async () =>
    floatBytes((await second()).scales, 'float32'),
  );
  const attributes = { K: columns, N: rows, bits, block_size: QUANTIZATION_BLOCK };
  return g.node(
    'MatMulNBits',
    [x, codes, scales],
    { dtype: x.dtype, shape: [...x.shape.slice(0, -1), rows] },
    attributes,
    'com.microsoft',
  );
}

/** Lets two readers share one computed value, which is dropped after the second has had it. */
function sharedBy2<T>(compute: () => Promise<T>): { first: () => Promise<T>; second: () => Promise<T> } {
  let held: Promise<T> | null = null;
  return {
    first: () => (held = compute()),
    second: () => {
      const value = held ?? compute();
      held = null;
      return value;
    },
  };
}
