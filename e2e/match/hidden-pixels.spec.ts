import { expect, type Page, test } from '@playwright/test';
import { matched, openApp } from '../app.ts';

/**
 * A browser against fingerprinting: workers are told white wherever they read a canvas, and on request nothing else is
 * left to read with.
 */
async function hidePixels(page: Page, { alsoOtherWays = false } = {}): Promise<void> {
  const lie = `
    const read = OffscreenCanvasRenderingContext2D.prototype.getImageData;
    OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...rect) {
      const image = read.apply(this, rect);
      image.data.fill(255);
      return image;
    };
    ${alsoOtherWays ? 'delete globalThis.VideoFrame; Object.defineProperty(navigator, "gpu", { value: undefined });' : ''}
  `;
  await page.route(/\/assets\/[\w-]*worker-[\w-]+\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${lie}\n${await response.text()}` });
  });
}

const QUERY = '?sample=facade&ep=wasm&size=224&rescue=0';

test('pixels that a canvas hides are read another way: the same match', async ({ page }) => {
  await openApp(page, QUERY);
  const honest = await matched(page);
  await hidePixels(page);
  await openApp(page, QUERY);
  const hidden = await matched(page);
  expect(hidden.verdict.kind).toBe(honest.verdict.kind);
  expect(Math.abs(hidden.verdict.overlap.a - honest.verdict.overlap.a)).toBeLessThan(0.02);
});

test('where there is no other way, no verdict is told: the browser is named, with what to do', async ({ page }) => {
  await hidePixels(page, { alsoOtherWays: true });
  await page.goto(`/${QUERY}`);
  await expect(page.getByText('This browser hides the pixels of pictures').first()).toBeVisible();
  await expect(page.getByText('Allow this site to read canvases').first()).toBeVisible();
  await expect(page.getByText(/No common scene/)).toHaveCount(0);
});
