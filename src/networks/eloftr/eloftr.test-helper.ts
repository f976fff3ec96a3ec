import type { ParityCase } from '../parity.test-helper.ts';
import { findPrefixes, Weights } from '../weights.ts';
import type { Checkpoint } from '../../formats/arrays/tensor.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import type { RanOutput } from '../../onnx/run-in-node.test-helper.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { EloftrOptions } from './config.ts';
import { readEloftrConfig } from './config.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';
import { MARKS, transformersName } from './names.ts';

export type Outputs = Record<string, RanOutput>;
export type Run = (g: GraphBuilder, feeds: Record<string, Float32Array>) => Promise<Outputs>;

export function weightsOf({ tensors }: Checkpoint): Weights {
  const [authors] = findPrefixes(tensors, MARKS[0]);
  if (authors !== undefined) return Weights.of(tensors, authors);
  const [prefix] = findPrefixes(tensors, transformersName(MARKS[0]));
  return Weights.of(tensors, prefix, transformersName);
}

/** A pair of a parity case through encoder and decoder, with every intermediate under its recorded name. */
export async function runPair(
  parity: ParityCase,
  pair: string,
  weights: Weights,
  options: EloftrOptions = {},
  { precision = 'fp32', run = runInNode }: { precision?: PrecisionName; run?: Run } = {},
): Promise<Outputs> {
  const observed: Outputs = {};
  const images = [parity.tensor(`${pair}image0`), parity.tensor(`${pair}image1`)];
  const sizes = images.map(({ shape }) => shape.slice(2) as unknown as Size);
  const features: Outputs[] = [];
  for (const [i, image] of images.entries()) {
    const g = new GraphBuilder({ name: 'encoder', precision: PRECISIONS[precision] });
    buildEncoder(g, weights.again(), sizes[i], (name, value) => g.output(`observed.${name}`, value));
    const out = await run(g, { image: rgb(image.values) });
    for (const [name, value] of Object.entries(out)) observed[`${name.replace('observed.', '')}_${i}`] = value;
    features.push(out);
  }
  const g = new GraphBuilder({ name: 'decoder', precision: PRECISIONS[precision] });
  const config = readEloftrConfig(weights, options);
  let count = 0;
  buildDecoder(g, weights.again(), config, { a: sizes[0], b: sizes[1] }, (name, value) => {
    // A matrix taken in pieces is told in pieces; the first keeps the name.
    const taken = g.outputs.some((output) => output.name === `observed.${name}`);
    g.output(`observed.${name}${taken ? `.${(count += 1)}` : ''}`, value);
  });
  const feeds = Object.fromEntries(
    ['a', 'b'].flatMap((side, i) => [2, 4, 8].map((s) => [`${side}${s}`, features[i][`f${s}`].values])),
  );
  for (const [name, value] of Object.entries(await run(g, feeds))) observed[name.replace('observed.', '')] = value;
  return observed;
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
