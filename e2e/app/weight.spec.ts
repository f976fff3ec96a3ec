import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { MAX_FILE_BYTES } from '../../scripts/build/pack-large-files.ts';
import { openApp } from '../app.ts';

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

test('no file of the build is too large for static hosts', () => {
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  const sizes = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map(
    (name) => [name, statSync(join(dist, name)).size] as const,
  );
  expect(sizes.filter(([, bytes]) => bytes > MAX_FILE_BYTES)).toEqual([]);
  expect(sizes.some(([name]) => name.endsWith('.wasm.gz'))).toBe(true);
});
