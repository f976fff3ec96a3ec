import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { PNG } from 'pngjs';
import { type AppWindow, engine, openApp, sample, watchErrors } from '../app.ts';

test('full-size pictures with their transforms; a film against a still, frozen, saved, memory flat, failures named', async ({
  page,
}) => {
  const errors = watchErrors(page);
  // The sample comes with its match: no model runs for the pictures.
  await openApp(page, '?sample=still-life');
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('radio', { name: /Full size/ }).check();
  const save = async () => {
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save' }).click();
    return download;
  };
  const laid = await save();
  expect(laid.suggestedFilename()).toMatch(/-b-on-a\.png$/);
  await expect(dialog).toContainText('640 × 480 pixels. A pixel is the pixel of A at the same place');
  const png = PNG.sync.read(readFileSync(await laid.path()));
  expect([png.width, png.height]).toEqual([640, 480]);
  const alphas = png.data.filter((_, i) => i % 4 === 3);
  expect(alphas.filter((value) => value === 255).length / alphas.length).toBeGreaterThan(0.4);
  expect(alphas.filter((value) => value === 0).length / alphas.length).toBeGreaterThan(0.1);
  await dialog.getByLabel('Picture', { exact: true }).selectOption('panorama-match');
  await dialog.getByText('JPEG', { exact: true }).click();
  const wide = await save();
  expect(wide.suggestedFilename()).toMatch(/-panorama-match\.jpg$/);
  const jpeg = readFileSync(await wide.path());
  const stated = JSON.parse(jpeg.toString('latin1', 6, 2 + 2 + jpeg.readUInt16BE(4)));
  expect(stated).toMatchObject({ picture: 'panorama-match', origin: { photo: 'a' }, photos: { a: { width: 640 } } });
  const decoded = await page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
      return { width: bitmap.width, height: bitmap.height };
    },
    [...jpeg],
  );
  expect(decoded).toEqual(stated.size);
  await page.keyboard.press('Escape');

  // A film: nobody's camera, no permission, no video.
  const panel = page.locator('details.section').filter({ has: page.locator('summary', { hasText: /^Live/ }) });
  await panel.locator('summary').click();
  await page.evaluate(() => {
    const devices = navigator.mediaDevices as unknown as { getUserMedia: unknown; real?: unknown };
    devices.real = devices.getUserMedia;
    devices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  await panel.getByRole('button', { name: 'Camera' }).click();
  await expect(panel.getByRole('alert')).toContainText('The browser does not let this page use the camera.');
  await page.locator('[data-video-picker]').setInputFiles(sample('index.json'));
  await expect(panel.getByRole('alert')).toContainText('“index.json” is no video that this browser can show.');

  // Small, so that software keeps up.
  await page.evaluate(() => {
    const devices = navigator.mediaDevices as unknown as { getUserMedia: unknown; real?: unknown };
    devices.getUserMedia = devices.real;
    (window as unknown as AppWindow).liftMatch.updateSettings({ longSide: 96, provider: 'wasm', rescue: false });
  });
  await page.waitForFunction(() => {
    const { engine: one, job } = (window as unknown as AppWindow).liftMatch.store.getState();
    return one.status === 'ready' && job === null;
  });
  await panel.getByRole('button', { name: 'Camera' }).click();
  const status = panel.locator('[data-live]');
  const frames = async () => Number(await status.getAttribute('data-frames'));
  await expect.poll(frames, { timeout: 60_000 }).toBeGreaterThan(3);
  const early = (await engine(page, 'diagnostics', {})).gpuBytes;
  const before = await frames();
  await expect.poll(frames, { timeout: 60_000 }).toBeGreaterThan(before + 8);
  await expect(status).toContainText(/\d matches\. [\d.]+ a second: [\d,]+ ms each, [\d.]+ of a single match\./);
  expect((await engine(page, 'diagnostics', {})).gpuBytes).toBeLessThanOrEqual(early * 1.01);

  await panel.getByRole('button', { name: 'Freeze' }).click();
  await expect(status).toHaveAttribute('data-live', 'frozen');
  const still = await frames();
  const download = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Save frame' }).click();
  const frame = PNG.sync.read(readFileSync(await (await download).path()));
  expect(frame.width).toBeGreaterThan(300);
  const size = await page.evaluate(
    () => (window as unknown as AppWindow).liftMatch.store.getState().photos.b.photo?.info.size,
  );
  expect(size).toEqual({ width: frame.width, height: frame.height });
  expect(await frames()).toBe(still);
  await panel.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(frames, { timeout: 30_000 }).toBeGreaterThan(still);
  await panel.getByRole('button', { name: 'Stop' }).click();
  await expect(status).toHaveAttribute('data-live', 'stopped');
  // The last picture is photo B, and can be asked for as any.
  expect(await engine(page, 'probe', { side: 'b', x: 50, y: 50 })).not.toBeNull();
  errors.check();
});
