import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { MAX_FILE_BYTES } from '../../scripts/build/pack-large-files.ts';
import { type AppWindow, matched, openApp } from '../app.ts';

/** All JavaScript of a first visit, gzipped, before the runtime's WebAssembly. */
const BUDGET = 250_000;

test('a first visit loads at most 250 kB of JavaScript', async ({ page }) => {
  const scripts = new Map<string, Promise<Buffer>>();
  // Workers and their modules come through the page's context as well.
  page.context().on('response', (response) => {
    const type = response.headers()['content-type'] ?? '';
    if (type.includes('javascript') && !scripts.has(response.url())) scripts.set(response.url(), response.body());
  });
  await openApp(page, '?size=128&rescue=0');
  const sizes = await Promise.all(
    [...scripts].map(
      async ([url, body]) => [url.split('/').at(-1), gzipSync(await body, { level: 9 }).length] as const,
    ),
  );
  console.log(sizes.map(([name, bytes]) => `${name} ${bytes}`).join(', '));
  // The page, the engine's worker and one variant of the runtime: fewer would mean that this looks in the wrong place.
  expect(sizes.length).toBeGreaterThanOrEqual(3);
  expect(sizes.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThanOrEqual(BUDGET);
});

/** Everything a first visit downloads until its picture is there, as the network carries it. */
const FIRST_PICTURE_BYTES = 600_000;

test('a first visit shows the sample without runtime and model, which come once it is touched', async ({ page }) => {
  const answers: Promise<{ url: string; bytes: number }>[] = [];
  page.context().on('response', (response) => {
    const body = response.body().catch(() => Buffer.alloc(0));
    const isText = /javascript|css|html|json|svg/.test(response.headers()['content-type'] ?? '');
    answers.push(body.then((all) => ({ url: response.url(), bytes: (isText ? gzipSync(all) : all).length })));
  });
  const start = Date.now();
  await openApp(page);
  const milliseconds = Date.now() - start;
  const loaded = await Promise.all(answers);
  const bytes = loaded.reduce((sum, answer) => sum + answer.bytes, 0);
  console.log(`first picture after ${milliseconds} ms and ${Math.round(bytes / 1000)} kB`);
  expect(bytes).toBeLessThan(FIRST_PICTURE_BYTES);
  expect(loaded.filter(({ url }) => /\.(wasm|onnx|gz)$|ort-|onnxruntime/.test(url))).toEqual([]);
  await expect(page.getByRole('status').filter({ hasText: 'of A is seen in B' })).toBeVisible();
  await expect(page.getByText('no model has run here')).toBeAttached();
  // A touch downloads them; nothing is matched anew.
  const model = page.context().waitForEvent('response', (response) => response.url().endsWith('decoder.onnx'));
  await page.getByRole('tab', { name: 'Warp' }).click();
  await model;
  const recorded = await page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().result!);
  expect(recorded.isRecorded).toBe(true);
  await page.evaluate(() => (window as unknown as AppWindow).liftMatch.matching.request({ here: true }));
  const here = await matched(page);
  expect(here.isRecorded).toBeUndefined();
  expect(here.verdict.overlap.a).toBeCloseTo(recorded.verdict.overlap.a, 1);
});

test('no file of the build is too large for static hosts', () => {
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  const sizes = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map(
    (name) => [name, statSync(join(dist, name)).size] as const,
  );
  expect(sizes.filter(([, bytes]) => bytes > MAX_FILE_BYTES)).toEqual([]);
  expect(sizes.some(([name]) => name.endsWith('.wasm.gz'))).toBe(true);
});
