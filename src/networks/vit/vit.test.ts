import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { cosine, hasParity, imageNetNormalised, loadParity, relativeError } from '../parity.test-helper.ts';
import { vit } from './vit.ts';
import { readVitConfig } from './vit-config.ts';
import { findPrefixes, Weights } from '../weights.ts';

async function build(name: string, size: string, precision: PrecisionName) {
  const parity = loadParity(name);
  const { tensors } = await parity.checkpoint('checkpoint.pth');
  const weights = Weights.of(tensors, findPrefixes(tensors, 'patch_embed.proj.weight')[0]);
  const config = readVitConfig(weights, { heads: parity.facts.num_heads });
  const image = parity.tensor(`image_${size}`);
  const g = new GraphBuilder({ name, precision: PRECISIONS[precision] });
  const { patchTokens, clsToken } = vit(g, weights, config, g.input('image', 'float32', image.shape));
  g.output('patch_tokens', patchTokens);
  g.output('cls_token', clsToken);
  return { g, weights, config, feeds: { image: imageNetNormalised(image) }, parity };
}

const CASES = ['vit', 'vit-registers', 'vit-swiglu', 'vit-wrapped'].filter(hasParity);
const SIZED = CASES.flatMap((name) =>
  loadParity(name)
    .names.filter((tensor) => tensor.startsWith('image_'))
    .map((tensor) => [name, tensor.slice('image_'.length)] as const),
);

describe.runIf(CASES.length > 0)('a ViT from a published checkpoint’s state dict', () => {
  it.each(SIZED)('%s at %s: patch and class tokens within 1e-4', async (name, size) => {
    const { g, feeds, parity } = await build(name, size, 'fp32');
    const out = await runInNode(g, feeds);
    expect(out.patch_tokens.shape).toEqual(parity.tensor(`patch_tokens_${size}`).shape);
    for (const output of ['patch_tokens', 'cls_token']) {
      expect(relativeError(out[output].values, parity.tensor(`${output}_${size}`).values)).toBeLessThan(1e-4);
    }
  });

  it.each<[string, PrecisionName, number]>(
    CASES.flatMap((name) => [
      [name, 'fp16', 0.999],
      [name, 'q8', 0.99],
      [name, 'q4', 0.9],
    ]),
  )('%s in %s: cosine at least %f', async (name, precision, least) => {
    const { g, feeds, parity } = await build(name, '70x70', precision);
    const out = await runInNode(g, feeds);
    for (const output of ['patch_tokens', 'cls_token']) {
      expect(cosine(out[output].values, parity.tensor(`${output}_70x70`).values)).toBeGreaterThanOrEqual(least);
    }
  });

  it.each<PrecisionName>(['fp32', 'q8'])('runs in %s on the WASM provider that the page uses', async (precision) => {
    const { g, feeds, parity } = await build('vit', '70x70', precision);
    const out = await runInWasm(g, feeds);
    const expected = parity.tensor('patch_tokens_70x70').values;
    if (precision === 'fp32') expect(relativeError(out.patch_tokens.values, expected)).toBeLessThan(1e-4);
    expect(cosine(out.patch_tokens.values, expected)).toBeGreaterThanOrEqual(0.99);
  });

  it('reads what the shapes tell, and leaves the mask token alone unused', async () => {
    const { config, weights } = await build('vit-registers', '70x70', 'fp32');
    expect(config).toMatchObject({
      embedDim: 48,
      heads: 3,
      patch: 14,
      registers: 4,
      positionGrid: [5, 5],
      positionForCls: true,
      feedForward: 'mlp',
      layerScale: true,
    });
    expect(config.positionResize).toBe('antialias');
    expect(weights.unused()).toEqual(['mask_token']);
    expect((await build('vit-swiglu', '70x70', 'fp32')).config).toMatchObject({
      feedForward: 'swiglu',
      hiddenDim: 128,
      positionResize: 'offset',
    });
  });

  it('finds the network under a wrapper and a prefix', async () => {
    const { weights } = await build('vit-wrapped', '70x70', 'fp32');
    expect(weights.prefix).toBe('model.model.');
    expect(weights.unused()).toEqual(['model.model.mask_token']);
  });
});
