import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { PNG } from 'pngjs';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { readSplats } from '../../src/formats/splats/index.ts';
import { checkSample } from '../../scripts/check-sample/check.ts';
import { readSample } from '../../scripts/check-sample/read.ts';
import { sample, unpackZip, watchErrors } from '../app.ts';
import { changed } from '../pictures.ts';

/** Gaussians of public/samples/gaussians/kitchen-table.spz. */
const SAMPLE_COUNT = 123_504;

const stage = (page: Page): Locator => page.locator('.scene-surface');
const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Settings of the scene' });
const slot = (page: Page): Locator => page.getByRole('region', { name: 'Scene', exact: true });
const pairFacts = (page: Page): Locator => page.locator('[data-pair-facts]');

/** Share of the stage that differs from its corner: nothing is drawn yet where that is the hint alone. */
function drawnShare({ data, width, height }: PNG): number {
  const corner = 4 * (8 * width + 8);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if ([0, 1, 2].some((c) => Math.abs(data[i + c] - data[corner + c]) > 24)) count++;
  }
  return count / (width * height);
}

/** The stage as the person sees it once it has changed from `before`, and nothing changes any more. */
async function picture(page: Page, before: PNG | null = null): Promise<PNG> {
  await page.mouse.move(5, 5);
  let last: PNG | null = null;
  for (let tries = 0; tries < 40; tries++) {
    const next = PNG.sync.read(await stage(page).screenshot());
    const isNew = before ? changed(before, next) > 0.1 : drawnShare(next) > 0.08;
    if (isNew && last && changed(last, next) === 0) return next;
    last = next;
    await page.waitForTimeout(500);
  }
  throw new Error(`The stage ${before ? 'never changed' : 'stayed empty'}, or never came to rest.`);
}

async function drag(page: Page, dx: number, dy: number): Promise<void> {
  const box = (await stage(page).boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx, y + dy, { steps: 4 });
  await page.mouse.up();
}

async function download(page: Page, button: string): Promise<Buffer> {
  const saved = page.waitForEvent('download', { timeout: 90_000 });
  await panel(page).getByRole('button', { name: button, exact: true }).click();
  return readFileSync(await (await saved).path());
}

const openSample = async (page: Page) => {
  await page.getByRole('button', { name: 'Open the sample scene' }).click();
  await expect(slot(page)).toContainText(`${SAMPLE_COUNT.toLocaleString('en')} Gaussians`);
};

test('a scene is opened, looked at, paired, scored, written as a dataset and saved; a bad file leaves it', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'liftmatch-scene-'));
  const errors = watchErrors(page);
  try {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    // Dialogs of the system cannot be answered here: the ZIP comes as a download, as in browsers without them.
    await page.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined }));
    // A small matcher's input: two cores have enough to do.
    await page.goto('/?page=scene&ep=wasm&size=192&rescue=0');
    await expect(page.getByRole('button', { name: 'Open the sample scene' })).toBeVisible();
    expect(asked.filter((url) => url.includes('gaussians'))).toEqual([]);
    await openSample(page);
    await expect(page).toHaveURL(/[?&]scene=samples\/gaussians\/kitchen-table\.spz/);
    const first = await picture(page);

    // Another view by hand and by keys; its link shows the same.
    await drag(page, -120, 30);
    await stage(page).press('+');
    const second = await picture(page, first);
    await expect(page).toHaveURL(/scene\.view=/);
    await page.reload();
    await expect(slot(page)).toContainText('Gaussians');
    expect(changed(await picture(page), second)).toBeLessThan(0.01);
    await panel(page).getByLabel('Picture', { exact: true }).selectOption('normal');
    await picture(page, second);
    await expect(panel(page)).toContainText('is below 0.1: its Gaussians are discs');

    // Two views with exact truth between them.
    await panel(page).getByRole('button', { name: 'Set as A' }).click();
    await drag(page, -60, 0);
    await panel(page).getByRole('button', { name: 'Set as B' }).click();
    await expect(pairFacts(page)).toContainText('Cycle error', { timeout: 60_000 });
    const kept = Number(/Kept \(visible\)\s*(\d+)\s%/.exec(await pairFacts(page).innerText())![1]);
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(100);
    const [, median, p95] = /End-point error\s*(?:< )?([\d.]+) px, p95 (?:< )?([\d.]+)/.exec(
      await pairFacts(page).innerText(),
    )!;
    expect(Number(median)).toBeLessThanOrEqual(0.1);
    expect(Number(p95)).toBeLessThanOrEqual(0.5);
    await expect(panel(page)).toContainText('at any depth');
    await expect(page.getByRole('img', { name: 'View B of the pair' })).toBeVisible();

    // A matcher against that truth.
    await panel(page)
      .locator('summary', { hasText: /^Score/ })
      .click();
    await panel(page).getByRole('button', { name: 'Score this pair' }).click();
    const epe = Number.parseFloat(await panel(page).locator('[data-epe]').innerText({ timeout: 90_000 }));
    expect(epe).toBeGreaterThan(0.2);
    expect(epe).toBeLessThan(20);
    await expect(page.getByRole('img', { name: 'Error of the match at each pixel of A' })).toBeVisible();

    // The second view is moved away step by step: the match of a view with itself is right, that of 60° is not.
    await panel(page).locator('summary', { hasText: 'Breaking points' }).click();
    await panel(page).getByRole('slider', { name: 'Steps' }).fill('2');
    await panel(page).getByRole('slider', { name: 'To', exact: true }).fill('60');
    await panel(page).getByRole('button', { name: 'Sweep', exact: true }).click();
    await expect(page.getByRole('progressbar', { name: 'Sweep' })).toBeVisible();
    await expect(panel(page)).toContainText('falls below one half at', { timeout: 90_000 });
    const rows = (await download(page, 'Sweep as CSV')).toString('utf8').trim().split('\r\n');
    const shares = rows.slice(1).map((row) => Number(row.split(',')[9]));
    expect(shares[0]).toBeGreaterThan(0.9);
    expect(shares[1]).toBeLessThan(0.5);

    // A drawn pair as a dataset, read back by code of its own.
    await panel(page).locator('summary', { hasText: 'Dataset' }).click();
    await panel(page).getByLabel('Pairs', { exact: true }).fill('1');
    await panel(page).getByLabel('Size of its pictures').selectOption('256x192');
    expect(await unpackZip(await download(page, 'Write a ZIP'), folder)).toEqual(['kitchen-table_000']);
    await expect(page.locator('[data-dataset-summary]')).toContainText('1 pair,');
    const found = checkSample(readSample(folder, 'kitchen-table_000'));
    expect(found.visible).toBeGreaterThan(500);
    expect(found.forward.max).toBeLessThan(0.05);
    expect(found.backward.max).toBeLessThan(0.05);
    expect(found.depthAgrees).toBeGreaterThan(0.9);

    // What is no scene is named, and the scene stays.
    const bad = join(folder, 'cut.ply');
    writeFileSync(bad, 'ply\nformat binary_little_endian 1.0\nelement vertex 5\nproperty float x\nend_header\n');
    for (const [path, words] of [
      [bad, 'cut.ply'],
      [sample('square/a.jpg'), 'a.jpg: It is not a file of Gaussians'],
    ]) {
      await page.locator('input[data-picker=scene]').setInputFiles(path);
      await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible();
    }
    await expect(slot(page)).toContainText('kitchen-table.spz');
    await expect(pairFacts(page)).toBeVisible();

    // Floaters are hidden and come back; what is saved is what is shown.
    await panel(page).locator('summary', { hasText: 'Floaters' }).click();
    await panel(page).getByRole('slider', { name: 'Hide floaters' }).fill('1');
    await expect(page.locator('[data-hidden]')).toContainText('are hidden');
    const hidden = Number(await page.locator('[data-hidden]').getAttribute('data-hidden'));
    expect(hidden).toBeGreaterThan(0);
    await panel(page).locator('summary', { hasText: 'Save the scene' }).click();
    for (const format of ['.spz', '.ply']) {
      const bytes = await download(page, `Save ${format}`);
      const { table } = await readSplats(bytesSource(bytes), `saved${format}`, { maxGaussians: 1e6 });
      expect(table.count).toBe(SAMPLE_COUNT - hidden);
    }
    await panel(page).getByRole('button', { name: 'Undo' }).click();
    await expect(page.locator('[data-hidden]')).toHaveAttribute('data-hidden', '0');
    errors.check();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('WebGPU draws the same scene, at the width of a phone, by touch', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, viewport: { width: 390, height: 844 }, hasTouch: true });
  const page = await context.newPage();
  const errors = watchErrors(page);
  // The emulated adapter must be asked for: it is slower than the CPU's rasteriser.
  await page.goto('/?page=scene&ep=webgpu');
  await openSample(page);
  await expect(page.locator('[data-renders]')).toHaveAttribute('data-renders', 'webgpu');
  const first = await picture(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const box = (await stage(page).boundingBox())!;
  const touches = await context.newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', dx: number) =>
    touches.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + box.width / 2 + dx, y: box.y + box.height / 2 }],
    });
  await touch('touchStart', 0);
  await touch('touchMove', 20);
  await touch('touchMove', 60);
  await touch('touchEnd', 0);
  const turned = await picture(page, first);
  // A finger on the pad flies for as long as it is there.
  const forward = page.getByRole('button', { name: 'Fly forward' });
  await expect(forward).toBeVisible();
  const pad = (await forward.boundingBox())!;
  const finger = { x: pad.x + pad.width / 2, y: pad.y + pad.height / 2 };
  await touches.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] });
  await page.waitForTimeout(700);
  await touches.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await picture(page, turned);
  errors.check();
  await context.close();
});

test('an address that cannot be read is named, and a file says so itself', async ({ page }) => {
  await page.route('https://far.test/**', (route) =>
    route.request().url().includes('gone')
      ? route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' } })
      : route.abort('failed'),
  );
  await page.goto('/?scene=https://far.test/gone.spz');
  await expect(page.getByRole('alert').filter({ hasText: 'far.test answered 404' })).toBeVisible();
  await page.getByRole('button', { name: 'Open a scene from an address' }).click();
  await page.getByLabel('Address of the file').fill('https://far.test/closed.ply');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(
    page.getByRole('alert').filter({ hasText: 'does not let other pages read its files (CORS)' }),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Open the sample scene' })).toBeVisible();
});
