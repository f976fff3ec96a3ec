import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { depthAnything, readDepthConfig } from './dpt.ts';
import { cosine, hasParity, imageNetNormalised, loadParity, relativeError } from '../parity.test-helper.ts';
import { Weights } from '../weights.ts';

async function run(size: string, precision: PrecisionName, runIn = runInNode) {
  const parity = loadParity('depth');
  const weights = Weights.of((await parity.checkpoint('checkpoint.pth')).tensors);
  const config = readDepthConfig(weights, { heads: parity.facts.num_heads });
  const image = parity.tensor(`image_${size}`);
  const g = new GraphBuilder({ name: 'depth', precision: PRECISIONS[precision] });
  g.output('depth', depthAnything(g, weights, config, g.input('image', 'float32', image.shape)));
  const { depth } = await runIn(g, { image: imageNetNormalised(image) });
  return { depth, expected: parity.tensor(`depth_${size}`), weights, config };
}

describe.runIf(hasParity('depth'))('Depth Anything V2 from its state dict', () => {
  it.each(['70x70', '56x98'])('%s: depth within 1e-4', async (size) => {
    const { depth, expected } = await run(size, 'fp32');
    expect(depth.shape).toEqual(expected.shape);
    expect(relativeError(depth.values, expected.values)).toBeLessThan(1e-4);
  });

  it('the same on the WASM provider that the page uses', async () => {
    const { depth, expected } = await run('56x98', 'fp32', runInWasm);
    expect(relativeError(depth.values, expected.values)).toBeLessThan(1e-4);
  });

  it.each<[PrecisionName, number]>([
    ['fp16', 0.999],
    ['q8', 0.99],
  ])('%s: cosine at least %f', async (precision, least) => {
    const { depth, expected } = await run('56x98', precision);
    expect(cosine(depth.values, expected.values)).toBeGreaterThanOrEqual(least);
  });

  it('reads the head’s sizes and names what it has no use for', async () => {
    const { config, weights } = await run('70x70', 'fp32');
    expect(config).toMatchObject({
      layers: [0, 1, 2, 3],
      outChannels: [12, 16, 24, 24],
      features: 16,
      headFeatures: 32,
    });
    // The coarsest fusion block has no finer map to join.
    expect(weights.unused()).toEqual([
      'pretrained.mask_token',
      ...['conv1', 'conv2'].flatMap((name) =>
        ['weight', 'bias'].map((part) => `depth_head.scratch.refinenet4.resConfUnit1.${name}.${part}`),
      ),
    ]);
  });
});
