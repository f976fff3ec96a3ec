import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { openApp } from './app.ts';

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
