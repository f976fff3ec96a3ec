import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test as ownPageTest } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { dinov3Shapes } from '../../src/networks/dinov3/published-shapes.ts';
import { RandomWeights } from '../../scripts/random-checkpoints/random-values.ts';
import { SMALL_SHAPES } from '../../scripts/random-checkpoints/small-shapes.ts';
import { writeCheckpoint } from '../../scripts/random-checkpoints/write-checkpoint.ts';
import { dropFiles, sample, watchErrors } from '../app.ts';
import { test } from '../one-page.ts';
import { changed as changedPixels } from '../pictures.ts';

/** The sample comes with its match: behind the page no matcher runs, and two cores have enough to do. */
const START = '/?page=compare&sample=still-life&compare.size=224';

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
  return PNG.sync.read(await of.locator('.compare-maps').screenshot());
}

/** Share of pixels that differ visibly; 1 for pictures of different size. */
const changed = (a: PNG, b: PNG): number => (a.width !== b.width || a.height !== b.height ? 1 : changedPixels(a, b));

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

test('the sample’s comparison is there before runtime and model, which come with the first other question', async ({
  page,
}) => {
  const errors = watchErrors(page);
  const heavy: string[] = [];
  page.on('request', (request) => {
    if (/\.(onnx|wasm|data)(\?|$)/.test(request.url())) heavy.push(request.url());
  });
  await page.goto('/?page=compare&sample=still-life');
  await compared(page, 'components', 3);
  for (const [i, feature] of ['f16', 'l8'].entries()) {
    await expect(encoders(page).nth(i).locator('select')).toHaveValue(new RegExp(`/${feature}$`));
    await expect(encoders(page).nth(i)).toContainText('came with the sample');
  }
  // Before anybody touches the page, which downloads runtime and model.
  expect(heavy).toEqual([]);
  await show(page, 'Similarity');
  await compared(page, 'similarity', 3);
  // Another size has to be computed.
  await page.goto('/?page=compare&sample=still-life&compare.size=224&ep=wasm');
  await compared(page, 'components', 3);
  await expect(encoders(page).first()).toContainText(/\d m?s/);
  expect(heavy.length).toBeGreaterThan(0);
  errors.check();
});

test('one place is followed in every encoder, and the sheet shows what the page shows', async ({ page }) => {
  test.slow();
  await page.goto(`${START}&compare.tab=similarity`);
  await compared(page, 'similarity', 3);
  const classical = column(page, 'classical');
  const photos = page.locator('.compare-column[data-encoder="original"] .compare-maps');
  const box = (await photos.boundingBox())!;
  await pointAt(page, box.x + 0.2 * box.width, box.y + 0.1 * box.height);
  const before = await Promise.all([0, 1, 2].map((i) => pictureOf(encoders(page).nth(i))));
  await pointAt(page, box.x + 0.7 * box.width, box.y + 0.35 * box.height);
  for (let i = 0; i < 3; i++) expect(changed(await pictureOf(encoders(page).nth(i)), before[i])).toBeGreaterThan(0.1);
  // Its own patch is what is most like it, and the best of the other photo is less so.
  const cosine = Number(/cosine (0\.\d+)/.exec(await classical.innerText())![1]);
  expect(cosine).toBeGreaterThan(0.3);
  expect(cosine).toBeLessThan(1);

  const sheet = PNG.sync.read(await download(page, 'Contact sheet (PNG)'));
  expect(sheet.width).toBe(4 * 518 + 5 * 12);
  expect(sheet.height).toBeGreaterThan(2 * 300);
});

test('four photos, all zoomed as one, and a link that brings encoders, tab and options back', async ({ page }) => {
  test.slow();
  await page.goto(`${START}&compare.tab=neighbours&compare.encoders=classical,embedded/f16`);
  await compared(page, 'neighbours', 2);
  await page.locator('[data-picker="more"]').setInputFiles([sample('facade/a.jpg'), sample('facade/b.jpg')]);
  await expect(page.locator('[data-extra] img')).toHaveCount(2);
  await page.getByLabel('Between photos').selectOption('cd');
  await compared(page, 'neighbours', 2);
  await expect(column(page, 'classical')).toContainText(/\d+ of \d+ mutual neighbours/);
  await show(page, 'PCA');
  await compared(page, 'components', 2);
  const before = [await pictureOf(encoders(page).nth(0)), await pictureOf(encoders(page).nth(1))];
  await column(page, 'classical').locator('.compare-maps').press('+');
  await column(page, 'classical').locator('.compare-maps').press('+');
  for (const i of [0, 1]) expect(changed(await pictureOf(encoders(page).nth(i)), before[i])).toBeGreaterThan(0.1);
  const sheet = PNG.sync.read(await download(page, 'Contact sheet (PNG)'));
  expect(sheet.height).toBeGreaterThan(4 * 300);
  await page.getByRole('switch', { name: 'Align colours' }).click();
  await expect(page).toHaveURL(/compare\.align=0/);
  await page.reload();
  await compared(page, 'components', 2);
  await expect(page.getByLabel('Encoder 1')).toHaveValue('classical');
  await expect(page.getByLabel('Encoder 2')).toHaveValue('embedded/f16');
  await expect(page.getByRole('switch', { name: 'Align colours' })).not.toBeChecked();
  await expect(page.getByRole('group', { name: 'Zoom' }).last()).toContainText('156 %');
});

test('a homography that is dropped with two photos makes them a pair to score', async ({ page }) => {
  test.slow();
  await page.goto(`${START}&compare.encoders=classical,embedded/f16`);
  await compared(page, 'components', 2);
  const folder = mkdtempSync(join(tmpdir(), 'liftmatch-truth-'));
  try {
    // The same photo twice: every place lies where it is.
    const path = join(folder, 'H_same.txt');
    writeFileSync(path, '1 0 0\n0 1 0\n0 0 1\n');
    const photo = { type: 'image/jpeg', path: sample('facade/a.jpg') };
    const files = [
      { ...photo, name: 'left.jpg' },
      { ...photo, name: 'right.jpg' },
    ];
    await dropFiles(page, '.compared', [...files, { name: 'H_same.txt', type: 'text/plain', path }]);
    await expect(page.getByRole('region', { name: 'Your own pairs' })).toContainText(
      'homography, 100 % of A seen in B',
    );
    await page.getByRole('button', { name: 'Score my pairs' }).click();
    await expect(page.locator('[data-scores] tbody tr')).toHaveCount(2, { timeout: 60_000 });
    const rows = (await download(page, 'Save as CSV')).toString('utf8').trim().split('\r\n').slice(1);
    for (const row of rows) expect(Number(row.split(',').at(-1))).toBeGreaterThan(0.98);

    // Probe3D's protocols need depth, which a homography has none of.
    await page.getByRole('radio', { name: 'Probe3D (ScanNet)' }).click();
    await expect(page).toHaveURL(/compare\.protocol=probe3d-scannet/);
    await expect(page.getByText('This protocol needs the depth of both photos')).toBeVisible();
    const scene = join(folder, 'scene.json');
    const depth = Array.from({ length: 8 }, (_, y) => Array.from({ length: 8 }, (__, x) => Number(x === y && x > 2)));
    const K = [
      [600, 0, 320],
      [0, 600, 240],
      [0, 0, 1],
    ];
    const pose_ab = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ];
    writeFileSync(scene, JSON.stringify({ K, pose_ab, depth_a: depth, depth_b: depth }));
    await dropFiles(page, '.compared', [...files, { name: 'scene.json', type: 'application/json', path: scene }]);
    await page.getByRole('button', { name: 'Score my pairs' }).click();
    await expect(page.locator('[data-scores] tbody tr')).toHaveCount(2, { timeout: 60_000 });
    const probed = (await download(page, 'Save as CSV')).toString('utf8').trim().split('\r\n');
    expect(probed[0]).toContain('viewpoint_bin,matches,recall_at_5_px,recall_at_10_px,recall_at_20_px');
    // The same photo twice, and every place knows its own; a thousand of 5 · 20 · 15 are kept.
    for (const row of probed.slice(1)) expect(row).toMatch(/,640,0\.0,0-15,1000,1\.0000,1\.0000,1\.0000$/);
    await page.getByRole('radio', { name: 'All covisible places' }).click();
    await expect(page.locator('[data-scores] tbody tr')).toHaveCount(2);
    writeFileSync(path, 'no matrix');
    await dropFiles(page, '.compared', [{ name: 'H_same.txt', type: 'text/plain', path }]);
    await expect(page.locator('.notice')).toContainText('is no number');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('scores of the sample pairs are a table and a CSV, and learnt features beat the classical ones', async ({
  page,
}) => {
  test.slow();
  await page.goto(`${START}&compare.tab=scores`);
  await page.getByRole('button', { name: 'Score all sample pairs' }).click();
  await expect(page.getByRole('progressbar', { name: 'Scoring' })).toBeHidden({ timeout: 120_000 });
  const rows = (await download(page, 'Save as CSV')).toString('utf8').trim().split('\r\n');
  expect(rows[0]).toBe(
    'pair,encoder,size_px,viewpoint_deg,viewpoint_bin,places,recall_at_1_percent,recall_at_2_percent,recall_at_4_percent',
  );
  expect(rows).toHaveLength(1 + 5 * 3);
  await expect(page.locator('[data-scores] tbody tr')).toHaveCount(15);
  await expect(page.locator('[data-recall] tbody tr')).toHaveCount(3);
  await expect(page.getByRole('img', { name: /Recall by viewpoint/ })).toBeVisible();
  const mean = (start: string) => {
    const recalls = rows.filter((row) => row.includes(start)).map((row) => Number(row.split(',').at(-1)));
    expect(recalls).toHaveLength(5);
    return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  };
  expect(mean('Stride 16')).toBeGreaterThan(mean('Gradient histograms'));
  expect(mean('Gradient histograms')).toBeGreaterThan(0.02);
});

ownPageTest(
  'two ViTs and a DINOv3, installed from their checkpoints, stand beside the page’s own encoders',
  async ({ page }) => {
    ownPageTest.slow();
    const folder = mkdtempSync(join(tmpdir(), 'liftmatch-compare-'));
    try {
      await page.goto(`${START}`);
      await compared(page, 'components', 3);
      for (const [i, { name, shapes, ...choices }] of VITS.entries()) {
        const path = join(folder, `${name}.pth`);
        const recorded = fileURLToPath(new URL(`../../../shared/parity/${name}/checkpoint.pth`, import.meta.url));
        if (existsSync(recorded)) {
          copyFileSync(recorded, path);
        } else {
          console.warn(`No checkpoint at ${recorded}: one with random weights is installed instead.`);
          await writeCheckpoint(path, shapes, new RandomWeights(i + 1));
        }
        await install(page, name, path, choices);
      }
      // Each installation is told, over the lower right of the page.
      const notices = page.locator('.notice').getByRole('button');
      while ((await notices.count()) > 0) await notices.first().click();
      const ids = VITS.map(({ name, size }) => `${name}-${size}-fp32`);
      for (const [i, id] of ids.entries()) await page.getByLabel(`Encoder ${i + 1}`).selectOption(id);
      await compared(page, 'components', 3);
      for (const id of ids.slice(0, 2)) await expect(column(page, id)).toContainText('5 × 5 places, 48 channels');
      // Patches of 16, not 14.
      await expect(column(page, ids[2])).toContainText('4 × 4 places, 128 channels');
      const [first, second] = [await pictureOf(column(page, ids[0])), await pictureOf(column(page, ids[1]))];
      expect(changed(first, second)).toBeGreaterThan(0.02);
      const sheet = PNG.sync.read(await download(page, 'Contact sheet (PNG)'));
      expect(sheet.width).toBe(4 * 518 + 5 * 12);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** Recorded checkpoints, shapes that stand in for them, and what has to be said of them. */
const VITS = [
  { name: 'vit', shapes: SMALL_SHAPES.vit, size: 70, heads: 3 },
  { name: 'vit-registers', shapes: SMALL_SHAPES.vit, size: 70, heads: 3 },
  {
    name: 'dinov3',
    shapes: dinov3Shapes({ embedDim: 128, depth: 2, hiddenDim: 256, isGated: false }),
    size: 64,
    heads: 2,
  },
];

/** Drops a checkpoint on the page and answers what the Models panel asks of it. */
async function install(
  page: Page,
  name: string,
  path: string,
  { size, heads }: { size: number; heads: number },
): Promise<void> {
  await dropFiles(page, '.compared', [{ name: `${name}.pth`, type: '', path }]);
  const panel = page.getByRole('dialog', { name: 'Models' });
  const form = panel.getByRole('form', { name: 'Convert dropped files' });
  await form.getByText('What the file does not tell').click();
  await form.getByLabel('Heads of the ViT').fill(String(heads));
  await form.getByLabel('Input size, px').fill(String(size));
  await form.getByText('fp32', { exact: true }).click();
  await form.getByRole('button', { name: 'Convert' }).click();
  await expect(panel.locator(`[data-model="${name}-${size}-fp32"]`)).toBeVisible({ timeout: 60_000 });
  await expect(panel.locator('[data-job]')).toHaveCount(0);
  await panel.getByRole('button', { name: 'Close' }).click();
}

/** Moves the pointer and waits until every encoder has drawn what it says of the place. */
async function pointAt(page: Page, x: number, y: number): Promise<void> {
  const maps = encoders(page).locator('.compare-maps');
  const drawn = () => maps.evaluateAll((all) => all.map((map) => (map as HTMLElement).dataset.drawn));
  const before = await drawn();
  await page.mouse.move(x, y);
  await expect(async () => {
    const now = await drawn();
    for (const [i, place] of now.entries()) expect(place).not.toBe(before[i]);
  }).toPass({ timeout: 15_000 });
}
