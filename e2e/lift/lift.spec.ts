import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { checkSample } from '../../scripts/check-sample/check.ts';
import { readSample } from '../../scripts/check-sample/read.ts';
import { dropFiles, slot, unpackZip, watchErrors } from '../app.ts';
import { changed } from '../pictures.ts';

/** Small pictures and a small matcher's input: two cores have enough to do. */
const START = '/?page=lift&sample=still-life&ep=wasm&size=128&rescue=0&lift.size=192';

const pane = (page: Page, side: 'a' | 'b'): Locator => page.locator(`[data-pane="${side}"] .lift-surface`);
const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Settings of the lift studio' });
const viewpoint = (page: Page): Locator => page.locator('[data-viewpoint]');

async function rendered(page: Page): Promise<void> {
  await expect(viewpoint(page)).toBeVisible({ timeout: 60_000 });
  // Nothing is on its way any more, and two frames: the worker draws in its own.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300)))),
  );
}

async function pictureOf(page: Page, side: 'a' | 'b'): Promise<PNG> {
  await rendered(page);
  return PNG.sync.read(await pane(page, side).screenshot());
}

async function drag(page: Page, dx: number, dy: number): Promise<void> {
  const box = (await pane(page, 'b').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx, y + dy, { steps: 6 });
  await page.mouse.up();
  // Beside the pictures: no mark of the probe on them.
  await page.mouse.move(5, 5);
}

async function open(page: Page, section: string): Promise<void> {
  await panel(page).locator('summary', { hasText: section }).first().click();
}

async function download(page: Page, button: string): Promise<Buffer> {
  const saved = page.waitForEvent('download');
  await panel(page).getByRole('button', { name: button, exact: true }).click();
  return readFileSync(await (await saved).path());
}

test('a photo is lifted, dragged, scored, swept and exported, and the depth of the export lifts it again', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'liftmatch-lift-'));
  const errors = watchErrors(page);
  try {
    // Dialogs of the system cannot be answered here: the ZIP comes as a download, as in browsers without them.
    await page.addInitScript(() => delete (window as { showSaveFilePicker?: unknown }).showSaveFilePicker);
    await page.goto(START);
    const first = await pictureOf(page, 'b');
    await expect(page.locator('[data-depth="sample"]')).toBeVisible();
    expect(changed(await pictureOf(page, 'a'), first)).toBeGreaterThan(0.1);

    // Another view by hand; its link shows the same.
    await drag(page, -80, 20);
    await expect(viewpoint(page)).not.toHaveText('12.0°');
    const angle = await viewpoint(page).innerText();
    const second = await pictureOf(page, 'b');
    expect(changed(first, second)).toBeGreaterThan(0.1);
    await expect(page).toHaveURL(/lift\.rotation=/);
    await page.reload();
    await expect(viewpoint(page)).toHaveText(angle);
    expect(changed(await pictureOf(page, 'b'), second)).toBeLessThan(0.002);

    // The matcher against the truth; a wider view is harder, and scored by itself.
    await panel(page).getByRole('button', { name: 'Score this view' }).click();
    const epe = page.locator('[data-epe]');
    await expect(epe).toBeVisible({ timeout: 60_000 });
    const before = await epe.innerText();
    expect(Number.parseFloat(before)).toBeGreaterThan(0);
    await panel(page).getByText('Score when the view rests').click();
    await panel(page).getByRole('button', { name: '30–60°' }).click();
    await expect(epe).not.toHaveText(before);
    await expect(page.locator('[data-score]')).toHaveAttribute('data-old', 'false');
    expect(Number.parseFloat(await epe.innerText())).toBeGreaterThan(Number.parseFloat(before));
    await panel(page).getByText('Score when the view rests').click();

    // Three steps of a breaking-point curve.
    await open(page, 'Breaking points');
    await panel(page).getByRole('slider', { name: 'Steps' }).fill('3');
    await panel(page).getByRole('button', { name: 'Sweep', exact: true }).click();
    await expect(panel(page).locator('summary', { hasText: 'Breaking points' })).toContainText('3 of 3');
    const rows = (await download(page, 'Sweep as CSV')).toString('utf8').trim().split('\r\n');
    expect(rows).toHaveLength(4);
    const share = (row: string) => Number(row.split(',')[9]);
    expect(rows.slice(1).map((row) => Number(row.split(',')[4]))).toEqual([0, 30, 60]);
    expect(share(rows[1])).toBeGreaterThan(share(rows[3]) + 0.3);

    // One view as a dataset, read back by code of its own.
    await open(page, 'Dataset');
    await panel(page).getByRole('slider', { name: 'Views of every photo' }).fill('1');
    await panel(page).getByRole('slider', { name: 'Side of the square crop' }).fill('192');
    const [name, ...others] = await unpackZip(await download(page, 'Write a ZIP'), folder);
    expect(others).toEqual([]);
    await expect(page.locator('[data-dataset-summary]')).toContainText('1 view of 1 photo');
    const { visible, forward, backward } = checkSample(readSample(folder, name));
    expect(visible).toBeGreaterThan(1000);
    expect(forward.max).toBeLessThan(0.05);
    expect(backward.max).toBeLessThan(0.05);

    // Its photo and depth, dropped together.
    await dropFiles(page, '.lift-panes', [
      { name: 'again.png', type: 'image/png', path: join(folder, `image1/${name}.png`) },
      { name: 'again.npy', type: '', path: join(folder, `depth1/${name}.npy`) },
    ]);
    await expect(page.locator('[data-depth="file"]')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Depth of the photo' })).toContainText('again.npy');
    await expect(page.getByRole('region', { name: 'Photo that is lifted' })).toContainText('Lifted at 192 × 192');
    errors.check();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('lights are drawn by the seed and dragged on the picture, keys turn the view, and the pair goes to the other pages', async ({
  page,
}) => {
  const errors = watchErrors(page);
  await page.goto(START);
  const plain = await pictureOf(page, 'b');
  await open(page, 'Relight');
  await panel(page)
    .getByRole('button', { name: /L2M random lights/ })
    .click();
  const lit = await pictureOf(page, 'b');
  expect(changed(plain, lit)).toBeGreaterThan(0.05);
  await panel(page).getByRole('spinbutton', { name: 'Seed' }).fill('2');
  await panel(page)
    .getByRole('button', { name: /L2M random lights/ })
    .click();
  await panel(page).getByRole('spinbutton', { name: 'Seed' }).fill('1');
  await panel(page)
    .getByRole('button', { name: /L2M random lights/ })
    .click();
  expect(changed(await pictureOf(page, 'b'), lit)).toBe(0);

  const handle = pane(page, 'b').getByRole('button', { name: /^Light 1/ });
  const box = (await handle.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x - 200, box.y + 150, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(5, 5);
  expect(changed(await pictureOf(page, 'b'), lit)).toBeGreaterThan(0.005);
  await expect(viewpoint(page)).toHaveText('12.0°');

  await pane(page, 'b').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(viewpoint(page)).not.toHaveText('12.0°');
  await page.keyboard.press('0');
  await expect(viewpoint(page)).toHaveText('12.0°');

  // The pair with its truth on the other pages; this one stays as it was.
  await open(page, 'Use the pair');
  await panel(page).getByRole('button', { name: 'Score encoders on it' }).click();
  await expect(page.getByText('Kitchen table, 12° (lifted)')).toBeVisible();
  await page.getByRole('button', { name: 'Lift', exact: true }).click();
  await expect(viewpoint(page)).toHaveText('12.0°');
  // The photo on its surface as a scene, from where it was taken.
  await panel(page).getByRole('button', { name: 'Open the photo as a scene' }).click();
  await expect(page.getByRole('region', { name: 'Scene', exact: true })).toContainText(
    /Kitchen table \(lifted\)\s*2\d,\d{3} Gaussians · lifted photo/,
  );
  await expect(page).toHaveURL(/scene\.view=0,0,/);
  await page.getByRole('button', { name: 'Lift', exact: true }).click();
  await panel(page).getByRole('button', { name: 'Match this pair' }).click();
  await expect(slot(page, 'a')).toContainText('– photo.png');
  await expect(slot(page, 'b')).toContainText('– new view.png');
  errors.check();
});
