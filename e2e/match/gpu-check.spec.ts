import { createHash } from 'node:crypto';
import { expect, type Page, test } from '@playwright/test';
import { CHECK_TOLERANCE, compareOutputs } from '../../src/matching/reference-check/compare.ts';
import { fromReference } from '../../src/matching/reference-check/outputs.ts';
import type { MatcherManifest, ReferenceManifest } from '../../src/models/manifest.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import * as op from '../../src/onnx/ops.ts';
import { type AppWindow, engine, matched, openApp, readField, sample } from '../app.ts';

/** Another machine's truth: every float32 of a reference in base64, times 1.1. */
function timesTenPercent(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE(1.1 * bytes.readFloatLE(at), at);
  return bytes.toString('base64');
}

/** Serves, beside the others, a model that only thins out its photos, with another one's reference: wrong on every GPU. */
async function serveWrongModel(page: Page, like: MatcherManifest): Promise<string> {
  const encoder = new GraphBuilder({ name: 'encoder' });
  const image = encoder.input('image', 'float32', [1, 3, 96, 128]);
  encoder.output('f4', op.slice(encoder, op.slice(encoder, image, 2, 0, 96, 4), 3, 0, 128, 4));
  const decoder = new GraphBuilder({ name: 'decoder' });
  const [a, b] = (['a4', 'b4'] as const).map((name) => decoder.input(name, 'float32', [1, 3, 24, 32]));
  const both = op.add(decoder, a, b);
  decoder.output('warp', op.slice(decoder, both, 1, 0, 2));
  decoder.output('certainty_logit', op.slice(decoder, both, 1, 2, 3));
  const files = new Map<string, Buffer>();
  for (const g of [encoder, decoder])
    files.set(`${g.name}.onnx`, Buffer.from((await encodeModel(g, 'none.data')).graph));
  const place = (file: string) => {
    const bytes = files.get(file)!;
    return { file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  const [pass] = like.passes;
  const manifest: MatcherManifest = {
    ...like,
    id: 'thinned',
    passes: [
      {
        ...pass,
        encoder: {
          ...place('encoder.onnx'),
          input: 'image',
          outputs: [{ name: 'f4', stride: 4, channels: 3 }],
        },
        decoder: {
          ...place('decoder.onnx'),
          inputs: { a4: 'a.f4', b4: 'b.f4' },
          outputs: { warp: 'warp', certaintyLogit: 'certainty_logit' },
          stride: 4,
        },
      },
    ],
  };
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  await page.route('**/models/thinned/*', (route) =>
    route.fulfill({ body: files.get(new URL(route.request().url()).pathname.split('/').at(-1)!)! }),
  );
  return 'models/thinned/manifest.json';
}

/** A model on an emulated adapter is a minute of two cores: one test has all that is asked of it. */
test('a GPU whose outputs differ from the reference: matched on the CPU, said why, and tried again on request; then WebGPU gives what WASM gives', async ({
  page,
}) => {
  test.slow();
  let embedded: MatcherManifest | undefined;
  let shifted: ReferenceManifest | undefined;
  // As far as the check can see, a reference that is 10 % off is a GPU that is 10 % off.
  await page.route('**/models/embedded/manifest.json', async (route) => {
    const response = await route.fetch();
    const manifest = await response.json();
    embedded = manifest;
    shifted = { ...manifest.check, warp: timesTenPercent(manifest.check.warp) };
    await route.fulfill({ response, json: { ...manifest, check: shifted } });
  });
  await openApp(page, '?sample=facade&size=128&rescue=0&ep=webgpu');
  const { provider, verdict } = await matched(page);
  expect(provider).toBe('wasm');
  expect(verdict.kind).not.toBe('none');
  const adapter = await page.evaluate(
    () => (window as unknown as AppWindow).liftMatch.store.getState().engine.info!.adapter,
  );
  const note = page.locator('[data-note="gpu-check"]');
  await expect(note).toContainText(`the GPU (${adapter}) computes this one wrongly`);
  await expect(note).toContainText(/places differ from the stored reference by 0\.\d+/);
  // As far off as the true reference itself: this GPU computes what the stored one says.
  const told = Number(/reference by (0\.\d+)/.exec(await note.innerText())![1]);
  const { difference } = compareOutputs(fromReference(embedded!.check!), fromReference(shifted!));
  expect(difference).toBeGreaterThan(2 * CHECK_TOLERANCE);
  expect(Math.abs(told - difference!)).toBeLessThan(CHECK_TOLERANCE);
  await expect(page.locator('.notices')).toContainText('computes “Small lifted matcher” wrongly');

  // Remembered: the next visit begins on the CPU, with no failed match and so no notice.
  await openApp(page, '?sample=facade&size=128&rescue=0&ep=webgpu');
  expect((await matched(page)).provider).toBe('wasm');
  const onCpu = await readField(page, 'a');
  await expect(note).toBeVisible();
  await expect(page.locator('.notices')).not.toContainText('wrongly');

  // So it is for the module that other code imports, which remembers nothing.
  const module = await page.evaluate(
    async ({ address, model }) => {
      const { createMatcher } = (await import(address)) as typeof import('../../src/api/matcher.ts');
      const { provider, providerReason } = await createMatcher({ provider: 'webgpu', model });
      return { provider, providerReason };
    },
    { address: new URL('matcher.js', page.url()).href, model: await serveWrongModel(page, embedded!) },
  );
  expect(module).toMatchObject({ provider: 'wasm' });
  expect(module.providerReason).toContain(`the GPU (${adapter}) computes this one wrongly`);
  // And for sets, which know of it already.
  await page.goto('/?page=set&ep=webgpu&size=128');
  await page.locator('input[data-picker=set]').setInputFiles([sample('facade/a.jpg'), sample('facade/b.jpg')]);
  const run = page.getByRole('region', { name: 'Matching' });
  await run.getByRole('button', { name: 'Match all pairs' }).click();
  await expect(run).toContainText(`the GPU (${adapter}) computes this one wrongly`);
  await expect(run).toHaveAttribute('data-done', '1', { timeout: 60_000 });
  await openApp(page, '?sample=facade&size=128&rescue=0&ep=webgpu');

  // As a model that was converted in the page, this one comes without a reference: WASM records it, and the GPU is right.
  await page.unroute('**/models/embedded/manifest.json');
  await page.route('**/models/embedded/manifest.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), check: undefined } });
  });
  await note.getByRole('button', { name: 'Try the GPU again' }).click();
  await expect(note).toBeHidden();
  await page.waitForFunction(
    () => {
      const { info } = (window as unknown as AppWindow).liftMatch.store.getState().engine;
      return info?.check?.verdict === 'right' && info.provider === 'webgpu';
    },
    null,
    { timeout: 180_000, polling: 50 },
  );
  const { key } = await page.evaluate(
    () => (window as unknown as AppWindow).liftMatch.store.getState().engine.info!.check!,
  );
  expect(key).toMatch(/ \/ reference$/);

  // The same match, and nothing read back before its picture.
  expect((await matched(page)).provider).toBe('webgpu');
  const { mapAsyncBeforeDraw, modelRuns, framesDrawn } = await engine(page, 'diagnostics', {});
  expect(mapAsyncBeforeDraw).toBe(0);
  expect(modelRuns).toBeGreaterThan(0);
  expect(framesDrawn).toBeGreaterThan(0);
  const onGpu = await readField(page, 'a');
  expect(onGpu.grid).toEqual(onCpu.grid);
  expect(Math.max(...onGpu.certainty.map((value, k) => Math.abs(value - onCpu.certainty[k])))).toBeLessThan(1e-3);
  // Where nothing matches, the warp is an arbitrary choice between equals: it is compared where it means something.
  const points = onCpu.certainty.length;
  const certain = [...onCpu.certainty.keys()].filter((k) => onCpu.certainty[k] > 0.05);
  expect(certain.length).toBeGreaterThan(20);
  for (const offset of [0, points]) {
    expect(Math.max(...certain.map((k) => Math.abs(onGpu.warp[offset + k] - onCpu.warp[offset + k])))).toBeLessThan(
      1e-3,
    );
  }
});
