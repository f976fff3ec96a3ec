import { expect } from '@playwright/test';
import { matched, watchErrors } from '../app.ts';
import { showApp, test } from '../one-page.ts';

const START = '?ep=wasm&size=128&rescue=0';

test('closing the dialog releases the camera and changes nothing', async ({ page }) => {
  await showApp(page, START);
  const before = await page.locator('[data-slot="a"]').innerText();
  await page.getByRole('button', { name: 'Take photo A with the camera' }).click();
  const stream = await page.getByLabel('Camera picture').evaluateHandle(async (element) => {
    const video = element as HTMLVideoElement;
    while (!video.srcObject) await new Promise((resolve) => setTimeout(resolve, 20));
    return video.srcObject as MediaStream;
  });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await stream.evaluate((live) => live.getTracks().map((track) => track.readyState))).toEqual(['ended']);
  expect(await page.locator('[data-slot="a"]').innerText()).toBe(before);
});

test('a photo is taken with the camera and matched, and the camera is released', async ({ page }) => {
  const errors = watchErrors(page);
  await showApp(page, START);
  for (const name of ['A', 'B']) {
    await page.getByRole('button', { name: `Take photo ${name} with the camera` }).click();
    const video = page.getByLabel('Camera picture');
    await expect(page.getByRole('button', { name: 'Take photo', exact: true })).toBeEnabled();
    const stream = await video.evaluateHandle((element) => (element as HTMLVideoElement).srcObject as MediaStream);
    await page.getByRole('button', { name: 'Take photo', exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.locator(`[data-slot="${name.toLowerCase()}"]`)).toContainText(`camera-${name.toLowerCase()}.jpg`);
    expect(await stream.evaluate((live) => live.getTracks().map((track) => track.readyState))).toEqual(['ended']);
  }
  const { inputSize } = await matched(page);
  expect(Math.max(inputSize.a.width, inputSize.a.height)).toBe(128);
  errors.check();
});
