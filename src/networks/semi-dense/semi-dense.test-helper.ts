import { expect } from 'vitest';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { RanOutput } from '../../onnx/run-in-node.test-helper.ts';
import type { Value } from '../../onnx/value.ts';
import type { ParityCase } from '../parity.test-helper.ts';

export type Outputs = Record<string, RanOutput>;
export type Run = (g: GraphBuilder, feeds: Record<string, Float32Array>) => Promise<Outputs>;

/** Makes graph outputs `observed.<name>` of what a builder tells. */
export function observeInto(g: GraphBuilder): (name: string, value: Value) => void {
  let count = 0;
  return (name, value) => {
    // A matrix taken in pieces is told in pieces; the first keeps the name.
    const taken = g.outputs.some((output) => output.name === `observed.${name}`);
    g.output(`observed.${name}${taken ? `.${(count += 1)}` : ''}`, value);
  };
}

/** The same gray in all three channels. */
export function rgb(gray: Float32Array): Float32Array {
  const image = new Float32Array(3 * gray.length);
  for (const channel of [0, 1, 2]) image.set(gray, channel * gray.length);
  return image;
}

/** The network's own list, from the `matches` output: as the published code returns it. */
export function ownMatches({ shape, values }: RanOutput): {
  i: number[];
  confidence: number[];
  a: number[];
  b: number[];
} {
  const cells = shape[2] * shape[3];
  const at = (row: number, cell: number): number => values[row * cells + cell];
  const i = Array.from({ length: cells }, (_, cell) => cell).filter((cell) => at(5, cell) === 1);
  return {
    i,
    confidence: i.map((cell) => at(4, cell)),
    a: i.flatMap((cell) => [at(0, cell), at(1, cell)]),
    b: i.flatMap((cell) => [at(2, cell), at(3, cell)]),
  };
}

/** Rows `cells` of a tensor with one row for each cell. */
export function rowsOf(out: Outputs, name: string, cells: readonly number[]): number[] {
  const { values, shape } = out[name];
  const extent = values.length / shape[0];
  return cells.flatMap((cell) => [...values.subarray(cell * extent, (cell + 1) * extent)]);
}

/** The recorded matches of a pair, index for index; confidences and places in B to a tolerance. */
export function expectOwnMatches(
  parity: ParityCase,
  pair: string,
  out: Outputs,
  tolerance: { confidence: number; place: number },
): void {
  const recorded = (name: string): number[] => [...parity.tensor(pair + name).values];
  const own = ownMatches(out.matches);
  expect(own.i).toEqual(recorded('i_ids'));
  expect(rowsOf(out, 'best', own.i)).toEqual(recorded('j_ids'));
  expect(largestDifference(own.confidence, recorded('mconf'))).toBeLessThan(tolerance.confidence);
  if (parity.names.includes(`${pair}mkpts0_f`)) expect(own.a).toEqual(recorded('mkpts0_f'));
  expect(largestDifference(own.b, recorded('mkpts1_f'))).toBeLessThan(tolerance.place);
}

export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
  return largest;
}

/** The largest difference as a share of the largest value. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) largest = Math.max(largest, Math.abs(expected[i]));
  return largestDifference(actual, expected) / largest;
}
