import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { readModelReference } from '../../scripts/node/model-reference.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUNTIME = join(ROOT, 'node_modules', 'onnxruntime-web', 'dist');

test('the embedded model gives in the browser what PyTorch gave', async ({ page }) => {
  const { imageA, imageB, warp, logit } = readModelReference(join(ROOT, 'public', 'models', 'embedded'));
  await page.route('**/model-check/**', async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1)!;
    if (name === '')
      await route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Model check</title>' });
    else await route.fulfill({ path: join(RUNTIME, name) });
  });
  await page.goto('/model-check/');
  const found = await page.evaluate(
    async ({ a, b, dims }) => {
      const runtime = '/model-check/ort.wasm.bundle.min.mjs';
      const ort = (await import(runtime)) as typeof import('onnxruntime-web');
      const session = (file: string) =>
        ort.InferenceSession.create(`/models/embedded/${file}`, { executionProviders: ['wasm'] });
      const encoder = await session('encoder.onnx');
      const decoder = await session('decoder.onnx');
      const encode = (values: number[]) =>
        encoder.run({ image: new ort.Tensor('float32', Float32Array.from(values), dims) });
      const [fa, fb] = [await encode(a), await encode(b)];
      const manifest = (await (await fetch('/models/embedded/manifest.json')).json()) as {
        passes: [{ decoder: { inputs: Record<string, string> } }];
      };
      const feeds = Object.fromEntries(
        Object.entries(manifest.passes[0].decoder.inputs).map(([input, source]) => {
          const [side, feature] = source.split('.');
          return [input, (side === 'a' ? fa : fb)[feature]];
        }),
      );
      const outputs = await decoder.run(feeds);
      return {
        warp: [...(outputs.warp.data as Float32Array)],
        logit: [...(outputs.certainty_logit.data as Float32Array)],
      };
    },
    { a: [...imageA.data], b: [...imageB.data], dims: imageA.dims },
  );
  const largest = (values: number[], expected: Float32Array) =>
    values.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i])), 0);
  expect(found.warp.length).toBe(warp.length);
  expect(largest(found.warp, warp)).toBeLessThan(1e-4);
  expect(largest(found.logit, logit)).toBeLessThan(1e-3);
});
