import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { PNG } from 'pngjs';

/** The classical descriptor alone: no network runs, which on an emulated adapter would take the test's time. */
const query = (provider: string) =>
  `/?page=compare&sample=still-life&ep=${provider}&size=128&rescue=0&compare.size=224&compare.encoders=classical`;

/** PCA maps as they are seen, with the sizes of the bitmaps that were drawn and how many of them are still open. */
async function mapsOf(page: Page, provider: 'webgpu' | 'wasm') {
  await page.goto(query(provider));
  const column = page.locator('.compare-column[data-encoder="classical"]');
  const shown = () => expect(column.and(page.locator('[data-shows="components"][aria-busy="false"]'))).toHaveCount(1);
  await shown();
  const picture = async () => {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    return PNG.sync.read(await column.locator('.compare-maps').screenshot());
  };
  const whole = await picture();
  await page.getByText('High', { exact: true }).click();
  await expect(page).toHaveURL(/compare\.mask=high/);
  await shown();
  const masked = await picture();
  const drawn = await page.evaluate(() => {
    const { bitmaps } = window as unknown as { bitmaps: Map<ImageBitmap, string> };
    const open = [...bitmaps.keys()].filter(({ width }) => width > 0).length;
    return { sizes: [...bitmaps.values()], open };
  });
  return { whole, masked, drawn };
}

/** Mean difference of the colours, 0…255. */
function difference(a: PNG, b: PNG): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
}

test('PCA maps that the GPU draws come to the page as bitmaps and look as those of the CPU', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  // The Match page's engine waits for its model for good: on an emulated adapter it would take the test's time.
  await page.route('**/models/embedded/*.onnx', () => {});
  await page.addInitScript(() => {
    const bitmaps = new Map<ImageBitmap, string>();
    Object.assign(window, { bitmaps });
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
      const [image] = args;
      if (image instanceof ImageBitmap) bitmaps.set(image, `${image.width} × ${image.height}`);
      return Reflect.apply(draw, this, args) as void;
    };
  });
  const onCpu = await mapsOf(page, 'wasm');
  const onGpu = await mapsOf(page, 'webgpu');
  expect(onCpu.drawn.sizes).toEqual([]);
  // Two photos, whole and then masked; the whole ones are closed.
  expect(onGpu.drawn.sizes).toHaveLength(4);
  expect(new Set(onGpu.drawn.sizes).size).toBe(1);
  expect(onGpu.drawn.open).toBe(2);
  expect(difference(onGpu.whole, onGpu.masked)).toBeGreaterThan(8);
  expect(difference(onGpu.whole, onCpu.whole)).toBeLessThan(1);
  expect(difference(onGpu.masked, onCpu.masked)).toBeLessThan(1);
  expect(errors).toEqual([]);
});
