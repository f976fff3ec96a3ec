import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Outputs, Run } from '../semi-dense/semi-dense.test-helper.ts';
import { observeInto, rgb } from '../semi-dense/semi-dense.test-helper.ts';
import type { Weights } from '../weights.ts';
import type { LoftrOptions } from './config.ts';
import { readLoftrConfig } from './config.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';

/** A pair of a parity case through encoder and decoder, with every intermediate under its recorded name. */
export async function runPair(
  parity: ParityCase,
  pair: string,
  weights: Weights,
  options: LoftrOptions = {},
  { precision = 'fp32', run = runInNode }: { precision?: PrecisionName; run?: Run } = {},
): Promise<Outputs> {
  const config = readLoftrConfig(weights, options);
  const observed: Outputs = {};
  const images = [parity.tensor(`${pair}image0`), parity.tensor(`${pair}image1`)];
  const sizes = images.map(({ shape }) => shape.slice(2) as unknown as Size);
  const features: Outputs[] = [];
  for (const [i, { values }] of images.entries()) {
    const g = new GraphBuilder({ name: 'encoder', precision: PRECISIONS[precision] });
    buildEncoder(g, weights.again(), config, sizes[i], observeInto(g));
    const out = await run(g, { image: rgb(values) });
    for (const [name, value] of Object.entries(out)) observed[`${name.replace('observed.', '')}_${i}`] = value;
    observed[`with_position_${i}`] = out.f8;
    features.push(out);
  }
  const g = new GraphBuilder({ name: 'decoder', precision: PRECISIONS[precision] });
  buildDecoder(g, weights.again(), config, { a: sizes[0], b: sizes[1] }, observeInto(g));
  const feeds = Object.fromEntries(
    ['a', 'b'].flatMap((side, i) => [2, 8].map((s) => [`${side}_f${s}`, features[i][`f${s}`].values])),
  );
  for (const [name, value] of Object.entries(await run(g, feeds))) observed[name.replace('observed.', '')] = value;
  return observed;
}
