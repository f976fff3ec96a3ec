import { bfloat16ToFloat32, float32ToBfloat16 } from '../../formats/arrays/half.ts';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { floatBytes } from '../../onnx/graph-builder.ts';
import type { RopeTables } from '../vit/transformer-block.ts';

/** The base of DINOv3's periods. */
const BASE = 100;

/** Rounds one number to what a type holds. */
export type Rounding = (value: number) => number;

export const toFloat: Rounding = Math.fround;
export const toBfloat16: Rounding = (value) => bfloat16ToFloat32(float32ToBfloat16(Float32Array.of(value)))[0];

/** DINOv3's periods, 100^(j / count) for j = 0 … count − 1, each rounded to float32. */
export function exactPeriods(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, j) => BASE ** (j / count));
}

/**
 * Cosines and sines of one axis: patch i of n has its centre at c = 2 (i + ½) / n − 1, and the angles
 * 2π c / period. `round` is applied to the result of every step, as the published code computes in that type.
 *
 * @returns [n, periods] each, row-major
 */
export function ropeAxis(n: number, periods: Float32Array, round: Rounding): { cos: Float32Array; sin: Float32Array } {
  const cos = new Float32Array(n * periods.length);
  const sin = new Float32Array(n * periods.length);
  for (let i = 0; i < n; i += 1) {
    const centre = round(round(2 * round((i + 0.5) / n)) - 1);
    const turn = round(2 * Math.PI * centre);
    for (const [j, period] of periods.entries()) {
      const angle = round(turn / period);
      cos[i * periods.length + j] = round(Math.cos(angle));
      sin[i * periods.length + j] = round(Math.sin(angle));
    }
  }
  return { cos, sin };
}

/**
 * Tables of axial RoPE for a grid of patches (DINOv3, Siméoni et al. 2025): of each head's angles the first half are the
 * row's, the second the column's. `leading` tokens before the patches (class, registers) are not turned.
 *
 * @param periods of one axis, a quarter of a head's channels
 * @returns [leading + rows · columns, 2 · periods] each
 */
export function ropeGrid(
  [rows, columns]: readonly [number, number],
  periods: Float32Array,
  round: Rounding,
  leading: number,
): { cos: Float32Array; sin: Float32Array } {
  const vertical = ropeAxis(rows, periods, round);
  const horizontal = ropeAxis(columns, periods, round);
  const table = (kind: 'cos' | 'sin'): Float32Array => {
    const count = periods.length;
    const values = new Float32Array((leading + rows * columns) * 2 * count).fill(kind === 'cos' ? 1 : 0);
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const at = (leading + y * columns + x) * 2 * count;
        values.set(vertical[kind].subarray(y * count, (y + 1) * count), at);
        values.set(horizontal[kind].subarray(x * count, (x + 1) * count), at + count);
      }
    }
    return values;
  };
  return { cos: table('cos'), sin: table('sin') };
}

/** How a graph's tables are made. */
export interface RopeOptions {
  /** Rows and columns of patches. */
  readonly grid: readonly [number, number];
  /** Channels of one head. */
  readonly headChannels: number;
  /** The periods that the file holds; those of the paper where it holds none. */
  readonly periods: CheckpointTensor | null;
  readonly rounding: Rounding;
  /** Tokens before the patches. */
  readonly leading: number;
}

/** The tables as constants of a graph: computed when it is written, stored in float32 whatever the precision. */
export function ropeTables(
  g: GraphBuilder,
  { grid, headChannels, periods, rounding, leading }: RopeOptions,
): RopeTables {
  const count = headChannels / 4;
  const shape = [leading + grid[0] * grid[1], 2 * count];
  const table = (kind: 'cos' | 'sin') =>
    g.initializer(`rope.${kind}`, 'float32', shape, async () => {
      const known = periods ? await periods.readFloat32() : exactPeriods(count);
      return floatBytes(ropeGrid(grid, known, rounding, leading)[kind], 'float32');
    });
  return { cos: table('cos'), sin: table('sin') };
}
