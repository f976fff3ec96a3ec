import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { encodeModel } from '../../src/onnx/encode.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import * as op from '../../src/onnx/ops.ts';
import { watchErrors } from '../app.ts';
import { changed } from '../pictures.ts';

/** The photo with what counts as sky on it, and a view with wide holes. */
const START = '/?page=lift&sample=still-life&ep=wasm&lift.size=192&lift.show-a=sky&lift.rotation=0,30,0&lift.sky=model';

const pane = (page: Page, side: 'a' | 'b'): Locator => page.locator(`[data-pane="${side}"] .lift-surface`);
const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Settings of the lift studio' });
const models = (page: Page): Locator => page.getByRole('dialog', { name: 'Models' });

async function pictures(page: Page): Promise<Record<'a' | 'b', PNG>> {
  await expect(page.locator('[data-viewpoint]')).toBeVisible({ timeout: 60_000 });
  // Notices lie over the pictures.
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
  await page.mouse.move(5, 5);
  // Nothing is on its way any more, and two frames: the worker draws in its own.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 500)))),
  );
  return { a: PNG.sync.read(await pane(page, 'a').screenshot()), b: PNG.sync.read(await pane(page, 'b').screenshot()) };
}

async function onnxOf(g: GraphBuilder): Promise<Buffer> {
  return Buffer.from((await encodeModel(g, 'none.data')).graph);
}

/** Whatever is redder than usual is sky. */
function skyNetwork(): Promise<Buffer> {
  const g = new GraphBuilder({ name: 'sky' });
  const image = g.input('input', 'float32', [1, 3, 32, 48]);
  g.output('map', op.sigmoid(g, op.slice(g, image, 1, 0, 1)));
  return onnxOf(g);
}

/** Paints holes white. */
function inpaintingNetwork(): Promise<Buffer> {
  const g = new GraphBuilder({ name: 'inpainting' });
  const image = g.input('image', 'float32', [1, 3, 24, 32]);
  const mask = g.input('mask', 'float32', [1, 1, 24, 32]);
  g.output('filled', op.add(g, op.mul(g, image, g.constant(0, 'float32')), mask));
  return onnxOf(g);
}

/** Gives a network to the button of its section. */
async function choose(page: Page, purpose: 'sky' | 'inpainting', name: string, buffer: Buffer): Promise<void> {
  await panel(page).locator(`[data-picker="${purpose}"]`).setInputFiles({ name, mimeType: '', buffer });
}

/** Cuts the kept file off, as a storage that was cleared half-way leaves it. */
async function damage(page: Page, purpose: string): Promise<void> {
  await page.evaluate(async (folder) => {
    let at = await navigator.storage.getDirectory();
    for (const name of ['models', 'networks', folder]) at = await at.getDirectoryHandle(name);
    for await (const [name, handle] of at.entries()) {
      if (!name.endsWith('.onnx')) continue;
      const stream = await (handle as FileSystemFileHandle).createWritable();
      await stream.write(new Uint8Array(7));
      await stream.close();
    }
  }, purpose);
}

test('networks for sky and holes stay on the device, are used by links, and are removed', async ({ page }) => {
  const errors = watchErrors(page);
  await page.goto(START);
  // A link wants a network that this device does not have.
  await expect(page.getByText('No sky network is installed on this device. Sky is found by colour')).toBeVisible();
  const without = await pictures(page);
  await expect(page).not.toHaveURL(/lift\.sky=/);

  for (const section of ['Sky', 'Holes']) await panel(page).locator('summary', { hasText: section }).click();
  await choose(page, 'inpainting', 'skyseg.onnx', await skyNetwork());
  await expect(page.getByText('“skyseg.onnx” is not an inpainting network')).toBeVisible();
  await choose(page, 'sky', 'skyseg.onnx', await skyNetwork());
  await expect(panel(page).locator('[data-network="sky"]')).toContainText('Kept on this device');
  await choose(page, 'inpainting', 'white.onnx', await inpaintingNetwork());
  await expect(panel(page).locator('[data-network="inpainting"]')).toContainText('white.onnx');
  await expect(page).toHaveURL(/lift\.fill=model.*lift\.sky=model|lift\.sky=model.*lift\.fill=model/);
  const withBoth = await pictures(page);
  expect(changed(without.a, withBoth.a)).toBeGreaterThan(0.05);
  expect(changed(without.b, withBoth.b)).toBeGreaterThan(0.05);

  // The next visit has both, without their files.
  await page.reload();
  const again = await pictures(page);
  expect(changed(withBoth.a, again.a)).toBeLessThan(0.002);
  expect(changed(withBoth.b, again.b)).toBeLessThan(0.002);
  for (const section of ['Sky', 'Holes']) await panel(page).locator('summary', { hasText: section }).click();
  await expect(panel(page).locator('[data-network="sky"]')).toContainText('skyseg.onnx');

  await page.getByRole('button', { name: 'Models' }).click();
  await expect(models(page).locator('[data-network="sky"]')).toContainText('Finds the sky on the Lift page');
  await models(page).getByRole('button', { name: 'Remove white.onnx' }).click();
  await models(page)
    .getByRole('button', { name: /^Remove \d/ })
    .click();
  await expect(models(page).locator('[data-network]')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(panel(page).locator('[data-network="inpainting"]')).toHaveCount(0);
  const filled = await pictures(page);
  expect(changed(withBoth.b, filled.b)).toBeGreaterThan(0.05);
  expect(changed(withBoth.a, filled.a)).toBeLessThan(0.002);

  // A file that has been damaged meanwhile is told, and can be removed.
  await damage(page, 'sky');
  await page.reload();
  await expect(page.getByText('“skyseg.onnx”, kept on this device for sky, is not whole any more.')).toBeVisible();
  expect(changed((await pictures(page)).a, without.a)).toBeLessThan(0.002);
  await panel(page).locator('summary', { hasText: 'Sky' }).click();
  await expect(panel(page).locator('[data-network="sky"]')).toContainText('is not whole');
  await panel(page).getByRole('button', { name: 'Remove skyseg.onnx' }).click();
  await panel(page)
    .getByRole('button', { name: /^Remove \d/ })
    .click();
  await expect(panel(page).locator('[data-network]')).toHaveCount(0);
  errors.check();
});
