import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { RandomWeights } from '../scripts/random-checkpoints/random-values.ts';
import { SMALL_SHAPES } from '../scripts/random-checkpoints/small-shapes.ts';
import { writeCheckpoint } from '../scripts/random-checkpoints/write-checkpoint.ts';
import type { AppWindow } from './app.ts';
import { watchErrors } from './app.ts';

/** The matcher behind the page runs small: two cores have enough to do. */
const START = '/?page=compare&sample=still-life&ep=wasm&size=128&rescue=0';

const column = (page: Page, id: string): Locator => page.locator(`.compare-column[data-encoder="${id}"]`);
const encoders = (page: Page): Locator => page.locator('.compare-column:not([data-encoder="original"])');

/** Waits until every encoder shows this comparison. */
async function compared(page: Page, shows: string, count: number): Promise<void> {
  const done = page.locator(`.compare-column[data-shows="${shows}"][aria-busy="false"]:not([data-encoder="original"])`);
  await expect(done).toHaveCount(count, { timeout: 90_000 });
}

async function show(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
}

/** A column's maps as they are seen. */
async function pictureOf(of: Locator): Promise<PNG> {
  await of.page().evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return PNG.sync.read(await of.locator('canvas').screenshot());
}

/** Share of pixels that differ visibly; 1 for pictures of different size. */
function changed(a: PNG, b: PNG): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if ([0, 1, 2].some((c) => Math.abs(a.data[i + c] - b.data[i + c]) > 24)) count++;
  }
  return count / (a.data.length / 4);
}

async function download(page: Page, button: string): Promise<Buffer> {
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  return readFileSync(await (await saved).path());
}

test('with nothing installed, two strides of the page’s own matcher and the classical descriptor are compared', async ({
  page,
}) => {
  test.slow();
  const errors = watchErrors(page);
  await page.goto(START);
  await compared(page, 'components', 3);
  const classical = column(page, 'classical');
  await expect(classical.locator('select')).toHaveValue('classical');
  await expect(classical).toContainText('of the variance');
  const maps = await Promise.all([0, 1, 2].map((i) => pictureOf(encoders(page).nth(i))));
  expect(changed(maps[0], maps[1])).toBeGreaterThan(0.2);
  expect(changed(maps[0], maps[2])).toBeGreaterThan(0.2);

  await show(page, 'Clusters');
  await compared(page, 'clusters', 3);
  await expect(classical).toContainText('8 clusters');
  const clusters = await pictureOf(classical);
  expect(changed(clusters, maps[2])).toBeGreaterThan(0.3);
  await page.getByRole('slider', { name: 'Clusters' }).fill('3');
  await expect(classical).toContainText('3 clusters');

  await show(page, 'Neighbours');
  await compared(page, 'neighbours', 3);
  await expect(classical).toContainText(/\d+ of \d+ mutual neighbours/);
  await page.getByRole('slider', { name: 'Lines at most' }).fill('10');
  await expect(classical).toContainText('10 of');

  // The address keeps the page; leaving it brings the stage back as it was.
  await expect(page).toHaveURL(/page=compare/);
  await page.getByRole('button', { name: 'Match', exact: true }).click();
  await expect(page.locator('#stage canvas')).toBeVisible();
  await expect(page).not.toHaveURL(/page=compare/);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await compared(page, 'neighbours', 3);
  errors.check();
});

test('one place is followed in every encoder, and the sheet shows what the page shows', async ({ page }) => {
  test.slow();
  await page.goto(START);
  await compared(page, 'components', 3);
  await show(page, 'Similarity');
  await compared(page, 'similarity', 3);
  const classical = column(page, 'classical');
  const photos = page.locator('.compare-column[data-encoder="original"] canvas');
  const box = (await photos.boundingBox())!;
  await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.1 * box.height);
  await page.waitForTimeout(500);
  const before = await Promise.all([0, 1, 2].map((i) => pictureOf(encoders(page).nth(i))));
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.35 * box.height);
  await page.waitForTimeout(500);
  for (let i = 0; i < 3; i++) expect(changed(await pictureOf(encoders(page).nth(i)), before[i])).toBeGreaterThan(0.1);
  // Its own patch is what is most like it, and the best of the other photo is less so.
  const cosine = Number(/cosine (0\.\d+)/.exec(await classical.innerText())![1]);
  expect(cosine).toBeGreaterThan(0.3);
  expect(cosine).toBeLessThan(1);

  const sheet = PNG.sync.read(await download(page, 'Contact sheet (PNG)'));
  expect(sheet.width).toBe(4 * 518 + 5 * 12);
  expect(sheet.height).toBeGreaterThan(2 * 300);
});

test('scores of the sample pairs are a table and a CSV, and learnt features beat the classical ones', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await page.goto(START);
  await compared(page, 'components', 3);
  const settings = page.getByRole('complementary', { name: 'Settings of the comparison' });
  await settings.getByText('Size and memory').click();
  await settings.getByLabel('Input size').selectOption('224');
  await show(page, 'Scores');
  await page.getByRole('button', { name: 'Score all sample pairs' }).click();
  await expect(page.getByRole('progressbar', { name: 'Scoring' })).toBeHidden({ timeout: 240_000 });
  const rows = (await download(page, 'Save as CSV')).toString('utf8').trim().split('\r\n');
  expect(rows[0]).toBe(
    'sample,encoder,size_px,viewpoint_deg,places,recall_at_1_percent,recall_at_2_percent,recall_at_4_percent',
  );
  expect(rows).toHaveLength(1 + 5 * 3);
  await expect(page.locator('[data-scores] tbody tr')).toHaveCount(15);
  const mean = (start: string) => {
    const recalls = rows.filter((row) => row.includes(start)).map((row) => Number(row.split(',').at(-1)));
    expect(recalls).toHaveLength(5);
    return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  };
  expect(mean('Stride 16')).toBeGreaterThan(mean('Gradient histograms'));
  expect(mean('Gradient histograms')).toBeGreaterThan(0.02);
});

test('two installed ViTs stand beside the page’s own encoders', async ({ page }) => {
  test.slow();
  const folder = mkdtempSync(join(tmpdir(), 'liftmatch-compare-'));
  try {
    await page.goto(START);
    await compared(page, 'components', 3);
    for (const [i, id] of ['first', 'second'].entries()) {
      const path = join(folder, `${id}.pth`);
      await writeCheckpoint(path, SMALL_SHAPES.vit, new RandomWeights(i + 1));
      await install(page, id, path);
    }
    // Each installation is told, over the lower right of the page.
    const notices = page.locator('.notice').getByRole('button');
    while ((await notices.count()) > 0) await notices.first().click();
    await page.getByLabel('Encoder 1').selectOption('first');
    await page.getByLabel('Encoder 2').selectOption('second');
    await compared(page, 'components', 3);
    await expect(column(page, 'first')).toContainText('5 × 5 places, 48 channels');
    await expect(column(page, 'second')).toContainText('5 × 5 places, 48 channels');
    expect(changed(await pictureOf(column(page, 'first')), await pictureOf(column(page, 'second')))).toBeGreaterThan(
      0.02,
    );
    const sheet = PNG.sync.read(await download(page, 'Contact sheet (PNG)'));
    expect(sheet.width).toBe(4 * 518 + 5 * 12);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Converts a ViT in the page, as the Models panel does with a dropped checkpoint. */
async function install(page: Page, id: string, path: string): Promise<void> {
  const base64 = readFileSync(path).toString('base64');
  await page.evaluate(
    async ({ id: name, base64: content }) => {
      const file = new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], `${name}.pth`);
      const recipe = {
        id: name,
        name,
        licence: 'NOASSERTION',
        source: 'random',
        files: [],
        choices: { as: 'vit', size: [70, 70], precision: 'fp32', heads: 3 },
      } as const;
      await (window as unknown as AppWindow).liftMatch.library!.convert({ ...recipe, files: [] }, [file]);
    },
    { id, base64 },
  );
}
