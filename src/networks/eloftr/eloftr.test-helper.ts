import type { ParityCase } from '../parity.test-helper.ts';
import { findPrefixes, Weights } from '../weights.ts';
import type { Checkpoint } from '../../formats/arrays/tensor.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Outputs, Run } from '../semi-dense/semi-dense.test-helper.ts';
import { observeInto, rgb } from '../semi-dense/semi-dense.test-helper.ts';
import type { EloftrOptions } from './config.ts';
import { readEloftrConfig } from './config.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';
import { MARKS, transformersName } from './names.ts';

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
    buildEncoder(g, weights.again(), sizes[i], observeInto(g));
    const out = await run(g, { image: rgb(image.values) });
    for (const [name, value] of Object.entries(out)) observed[`${name.replace('observed.', '')}_${i}`] = value;
    features.push(out);
  }
  const g = new GraphBuilder({ name: 'decoder', precision: PRECISIONS[precision] });
  const config = readEloftrConfig(weights, options);
  buildDecoder(g, weights.again(), config, { a: sizes[0], b: sizes[1] }, observeInto(g));
  const feeds = Object.fromEntries(
    ['a', 'b'].flatMap((side, i) => [2, 4, 8].map((s) => [`${side}_f${s}`, features[i][`f${s}`].values])),
  );
  for (const [name, value] of Object.entries(await run(g, feeds))) observed[name.replace('observed.', '')] = value;
  return observed;
}
