import { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Outputs, Run } from '../semi-dense/semi-dense.test-helper.ts';
import { observeInto } from '../semi-dense/semi-dense.test-helper.ts';
import type { Weights } from '../weights.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';

/** A pair of a parity case through encoder and decoder, with every intermediate under its recorded name. */
export async function runPair(
  parity: ParityCase,
  pair: string,
  weights: Weights,
  {
    precision = 'fp32',
    run = runInNode,
    pieceBytes,
  }: { precision?: PrecisionName; run?: Run; pieceBytes?: number } = {},
): Promise<Outputs> {
  const observed: Outputs = {};
  const features: Outputs[] = [];
  const sizes: Size[] = [];
  for (const i of [0, 1]) {
    const { shape, values } = parity.tensor(`${pair}image${i}`);
    const size = shape.slice(2).map((extent) => Math.floor(extent / 32) * 32) as unknown as Size;
    sizes.push(size);
    const resizing = new GraphBuilder({ name: 'resize' });
    const input = resizing.input('image', 'float32', shape);
    resizing.output('image_out', op.resize(resizing, input, size));
    const { image_out } = await run(resizing, { image: values });
    observed[`preprocessed_${i}`] = image_out;
    const g = new GraphBuilder({ name: 'encoder', precision: PRECISIONS[precision] });
    buildEncoder(g, weights.again(), size);
    const out = await run(g, { image: image_out.values });
    features.push(out);
    observed[`features4_${i}`] = out.f4;
    observed[`features8_${i}`] = out.f8;
  }
  const g = new GraphBuilder({ name: 'decoder', precision: PRECISIONS[precision] });
  buildDecoder(g, weights.again(), { a: sizes[0], b: sizes[1] }, pieceBytes, observeInto(g));
  const feeds = Object.fromEntries(
    ['a', 'b'].flatMap((side, i) => [4, 8].map((s) => [`${side}_f${s}`, features[i][`f${s}`].values])),
  );
  for (const [name, value] of Object.entries(await run(g, feeds))) observed[name.replace('observed.', '')] = value;
  for (const stride of [8, 4]) {
    const { shape, values } = observed[`state_${stride}`];
    const plane = shape[2] * shape[3];
    observed[`flow_${stride}`] = { shape: [], type: 'float32', values: values.slice(0, 2 * plane) };
    observed[`certainty_${stride}`] = { shape: [], type: 'float32', values: values.slice(2 * plane) };
  }
  return observed;
}
