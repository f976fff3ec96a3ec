import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Outputs, Run } from '../semi-dense/semi-dense.test-helper.ts';
import { observeInto } from '../semi-dense/semi-dense.test-helper.ts';
import type { Weights } from '../weights.ts';
import { buildDecoder, buildEncoder, STAR_DEFAULTS } from './star.ts';

export interface RunOptions {
  precision?: PrecisionName;
  run?: Run;
  topK?: number;
  pieceBytes?: number;
}

/** A pair of a parity case through encoder and decoder; of the encoders' outputs `descriptors_0`, `scaled_0.6_1`, … */
export async function runPair(
  parity: ParityCase,
  pair: string,
  weights: Weights,
  { precision = 'fp32', run = runInNode, ...options }: RunOptions = {},
): Promise<Outputs> {
  const observed: Outputs = {};
  const features: Outputs[] = [];
  const sizes: Size[] = [];
  for (const i of [0, 1]) {
    const { shape, values } = parity.tensor(`${pair}image${i}`);
    sizes.push(shape.slice(2) as unknown as Size);
    const g = new GraphBuilder({ name: 'encoder', precision: PRECISIONS[precision] });
    buildEncoder(g, weights.again(), sizes[i], observeInto(g));
    const out = await run(g, { image: values });
    features.push(out);
    for (const [name, value] of Object.entries(out)) observed[`${name.replace('observed.', '')}_${i}`] = value;
  }
  const g = new GraphBuilder({ name: 'decoder', precision: PRECISIONS[precision] });
  buildDecoder(g, weights.again(), { a: sizes[0], b: sizes[1] }, { ...STAR_DEFAULTS, ...options }, observeInto(g));
  const feeds = Object.fromEntries(
    ['a', 'b'].flatMap((side, i) =>
      ['descriptors', 'reliability'].map((name) => [`${side}_${name}`, features[i][name].values]),
    ),
  );
  for (const [name, value] of Object.entries(await run(g, feeds))) observed[name.replace('observed.', '')] = value;
  return observed;
}
