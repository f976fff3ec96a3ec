import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import {
  cosine,
  hasParity,
  imageNetNormalised,
  loadParity,
  relativeError,
} from '../../src/networks/parity.test-helper.ts';
import { vit } from '../../src/networks/vit/vit.ts';
import { readVitConfig } from '../../src/networks/vit/vit-config.ts';
import { Weights } from '../../src/networks/weights.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import type { PrecisionName } from '../../src/onnx/precision.ts';
import { PRECISIONS } from '../../src/onnx/precision.ts';
import { collectData } from '../../src/onnx/run-in-node.test-helper.ts';

const RUNTIME = fileURLToPath(new URL('../../node_modules/onnxruntime-web/dist/', import.meta.url));

/** Runs a graph of float32 inputs and outputs on onnxruntime-web's WebGPU provider, in an empty page. */
async function runOnWebGpu(
  page: Page,
  g: GraphBuilder,
  feeds: Record<string, Float32Array>,
): Promise<Record<string, Float32Array>> {
  const model = await encodeModel(g, 'weights.data');
  const files = new Map([...(await collectData(model)), ['model.onnx', model.graph] as const]);
  await page.route('**/graph-check/**', async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1)!;
    const bytes = files.get(name);
    if (name === '')
      await route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Graph check</title>' });
    else if (bytes) await route.fulfill({ body: Buffer.from(bytes) });
    else await route.fulfill({ path: RUNTIME + name });
  });
  await page.goto('/graph-check/');
  const inputs = g.inputs.map(({ name, shape }) => ({ name, shape: [...shape], values: [...feeds[name]] }));
  const outputs = await page.evaluate(
    async ({ inputs: given, data }) => {
      const fetchBytes = async (name: string) =>
        new Uint8Array(await (await fetch(`/graph-check/${name}`)).arrayBuffer());
      const runtime = '/graph-check/ort.webgpu.bundle.min.mjs';
      const ort = (await import(runtime)) as typeof import('onnxruntime-web');
      const session = await ort.InferenceSession.create(await fetchBytes('model.onnx'), {
        executionProviders: ['webgpu'],
        externalData: await Promise.all(data.map(async (path) => ({ path, data: await fetchBytes(path) }))),
      });
      const tensors = given.map(
        ({ name, shape, values }) => [name, new ort.Tensor('float32', Float32Array.from(values), shape)] as const,
      );
      const results = await session.run(Object.fromEntries(tensors));
      const read = Object.entries(results).map(
        async ([name, tensor]) => [name, [...((await tensor.getData()) as Float32Array)]] as const,
      );
      return Object.fromEntries(await Promise.all(read));
    },
    { inputs, data: model.dataFiles.map(({ name }) => name) },
  );
  return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Float32Array.from(values)]));
}

test.describe('converted graphs on the WebGPU provider', () => {
  for (const precision of ['fp32', 'q8'] satisfies PrecisionName[]) {
    test(`a ViT in ${precision} gives the recorded patch tokens`, async ({ page }) => {
      test.skip(!hasParity('vit'), 'no recorded outputs');
      const parity = loadParity('vit');
      const weights = Weights.of((await parity.checkpoint('checkpoint.pth')).tensors);
      const image = parity.tensor('image_98x42');
      const g = new GraphBuilder({ name: 'vit', precision: PRECISIONS[precision] });
      const config = readVitConfig(weights, { heads: parity.facts.num_heads });
      g.output('patch_tokens', vit(g, weights, config, g.input('image', 'float32', image.shape)).patchTokens);
      const { patch_tokens: tokens } = await runOnWebGpu(page, g, { image: imageNetNormalised(image) });
      const expected = parity.tensor('patch_tokens_98x42').values;
      if (precision === 'fp32') expect(relativeError(tokens, expected)).toBeLessThan(1e-4);
      expect(cosine(tokens, expected)).toBeGreaterThan(0.99);
    });
  }
});
