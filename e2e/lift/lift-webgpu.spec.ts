import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { PNG } from 'pngjs';

const query = (provider: string) => `/?page=lift&sample=still-life&ep=${provider}&size=128&rescue=0&lift.size=160`;

/** Both panes as they are drawn, after the first view is there. */
async function panes(page: Page, provider: 'webgpu' | 'wasm'): Promise<PNG[]> {
  await page.goto(query(provider));
  const facts = page.locator('[data-viewpoint]');
  await expect(facts).toHaveText('12.0°', { timeout: 60_000 });
  await expect(page.getByText(provider === 'webgpu' ? 'ms on WebGPU' : 'ms on the CPU')).toBeVisible();
  // The worker draws in frames of its own.
  await page.waitForTimeout(500);
  const shots = ['a', 'b'].map((side) => page.locator(`[data-pane="${side}"] .lift-surface canvas`).screenshot());
  return (await Promise.all(shots)).map((shot) => PNG.sync.read(shot));
}

/** Mean difference of the colours, 0…255. */
function difference(a: PNG, b: PNG): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / a.data.length;
}

test('the lift studio draws with WebGPU what it draws without', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // The Match page's engine opens its model meanwhile; the runtime logs its remarks as errors.
    if (message.type() === 'error' && !message.text().includes('onnxruntime')) errors.push(message.text());
  });
  const onCpu = await panes(page, 'wasm');
  const onGpu = await panes(page, 'webgpu');
  // Photo and view differ by far more than the two ways of scaling a picture to its pane.
  expect(difference(onGpu[0], onGpu[1])).toBeGreaterThan(8);
  for (const side of [0, 1]) expect(difference(onGpu[side], onCpu[side])).toBeLessThan(4);
  expect(errors).toEqual([]);
});
