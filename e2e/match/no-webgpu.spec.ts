import { expect, test } from '@playwright/test';
import { VIEWS } from '../../src/pages/match/views/index.ts';
import { engine, matched, openApp, sample, stagePicture, watchErrors } from '../app.ts';
import { changedShare } from '../pictures.ts';

/** A browser that finds no graphics adapter: models and pictures both run on the CPU. */
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ];
    await use({ ...launchOptions, args });
  },
});

test('without WebGPU everything is matched and drawn on the CPU, the page says so, and all works', async ({ page }) => {
  const errors = watchErrors(page);
  await openApp(page, '?size=160&rescue=0');
  const { provider, verdict } = await matched(page);
  expect(provider).toBe('wasm');
  expect(verdict.kind).not.toBe('none');
  await expect(page.locator('[data-note="no-webgpu"]')).toContainText('Models run on the CPU');
  const pictures: Buffer[] = [];
  for (const [i] of VIEWS.entries()) {
    await page.keyboard.press(String(i + 1));
    const picture = await stagePicture(page);
    for (const other of pictures) expect(Buffer.compare(picture, other)).not.toBe(0);
    pictures.push(picture);
  }
  const { framesDrawn, gpuBytes } = await engine(page, 'diagnostics', {});
  expect(framesDrawn).toBeGreaterThanOrEqual(VIEWS.length);
  expect(gpuBytes).toBe(0);

  // The probe, the controls and new photos.
  await page.keyboard.press('3');
  const box = (await page.getByRole('application').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.5);
  await expect(page.locator('.probe-readout')).toContainText('→');
  const before = await stagePicture(page);
  await page.getByRole('slider', { name: 'Number' }).fill('0.1');
  expect(Buffer.compare(await stagePicture(page), before)).not.toBe(0);
  await page.locator('input[data-picker=a]').setInputFiles([sample('square/a.jpg'), sample('square/a.jpg')]);
  await expect(page.locator('[data-verdict]')).toHaveAttribute('data-verdict', 'good');
  errors.check();
});

test('without WebGPU a scene is drawn on the CPU at a reduced size, and the page says so', async ({ page }) => {
  const errors = watchErrors(page);
  await page.goto('/?scene=samples/gaussians/kitchen-table.spz');
  await expect(page.locator('[data-renders=cpu]')).toContainText('Drawn on the CPU at a reduced size');
  const stage = page.locator('.scene-surface');
  await expect(page.locator('.scene-hint')).toBeVisible();
  await page.waitForTimeout(2000);
  const before = await stage.screenshot();
  await stage.press('ArrowLeft');
  await stage.press('ArrowLeft');
  await expect.poll(async () => changedShare(before, await stage.screenshot())).toBeGreaterThan(0.1);
  errors.check();
});
