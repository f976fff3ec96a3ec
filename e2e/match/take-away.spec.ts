import { readFileSync } from 'node:fs';
import { type Download, expect, type Page } from '@playwright/test';
import initSqlJs from 'sql.js';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { decodeGif } from '../../src/formats/images/read-gif.test-helper.ts';
import { openZip } from '../../src/formats/archives/zip.ts';
import { type AppWindow, engine, sample, watchErrors } from '../app.ts';
import { showApp, test } from '../one-page.ts';

const START = '?sample=still-life&ep=wasm&size=128&rescue=0';

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const download: Promise<Download> = page.waitForEvent('download');
  await click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

async function save(page: Page, format: RegExp) {
  const box = dialog(page, 'Export');
  if (!(await box.isVisible())) await page.getByRole('button', { name: 'Export' }).click();
  await box.getByRole('radio', { name: format }).check();
  return { box, save: () => saved(page, () => box.getByRole('button', { name: 'Save' }).click()) };
}

test('chosen points, COLMAP’s database, a vector figure and an animation are taken away', async ({ page }) => {
  const errors = watchErrors(page);
  await showApp(page, START);
  await engine(page, 'diagnostics', { reset: true });

  await page.getByText('Chosen points', { exact: true }).click();
  await page.getByRole('button', { name: 'Match a list of points' }).click();
  const points = dialog(page, 'Match chosen points');
  // Pasted with no field in focus: the dialog takes it, not the page behind.
  await points.getByRole('heading').click();
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'x,y\n320,240\n300,here');
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  });
  await points.getByRole('button', { name: 'Match', exact: true }).click();
  await expect(points.getByRole('alert')).toContainText('Line 3');
  await points.getByLabel('Points in A').fill('# pixel_center: 0\nx,y,label\n319.5,239.5,middle\n9999,1,far');
  await points.getByRole('button', { name: 'Match', exact: true }).click();
  await expect(points.getByRole('row')).toHaveCount(3);
  await expect(points).toContainText('1 of 2 points of A placed in B (1 outside of photo A)');
  const csv = await saved(page, () => points.getByRole('button', { name: 'Save CSV' }).click());
  expect(csv.name).toMatch(/-points\.csv$/);
  const row = csv.bytes
    .toString()
    .split('\n')
    .find((line) => line.startsWith('middle,'))!;
  const [, x, y, xb, yb, certainty] = row.split(',').map(Number);
  const probe = (await engine(page, 'probe', { side: 'a', x: 320, y: 240 }))!;
  expect([x, y]).toEqual([320, 240]);
  expect(xb).toBeCloseTo(probe.to.x, 1);
  expect(yb).toBeCloseTo(probe.to.y, 1);
  expect(certainty).toBeCloseTo(probe.certainty, 2);
  await points.getByRole('button', { name: 'Close' }).click();

  const database = await (await save(page, /COLMAP, database/)).save();
  const { Database } = await initSqlJs();
  const db = new Database(database.bytes);
  const [{ values }] = db.exec(
    'SELECT rows, (SELECT count(*) FROM keypoints), (SELECT max(width) FROM cameras) FROM matches',
  );
  const { count } = (await engine(page, 'readMatches', {}))!;
  // Its own number of matches, not the view's.
  const [[rows, photos, width]] = values as number[][];
  expect(rows).toBeGreaterThan(count);
  expect(rows).toBeLessThanOrEqual(5000);
  expect([photos, width]).toEqual([2, 640]);
  await expect(dialog(page, 'Export')).toContainText('inliers');

  const svg = (await (await save(page, /Vector figure/)).save()).bytes.toString();
  expect(svg.match(/<path d="M/g)!.length).toBeGreaterThan(count / 2);
  expect(svg.match(/href="data:image\/jpeg/g)).toHaveLength(2);

  const animation = await save(page, /Animation/);
  await animation.box.getByText('Flicker', { exact: true }).click();
  await animation.box.getByLabel('Longer side').selectOption('240');
  const gif = decodeGif((await animation.save()).bytes);
  expect(gif).toMatchObject({ width: 240, height: 180, loops: 0 });
  expect(gif.frames).toHaveLength(2);
  let change = 0;
  gif.frames[0].pixels.forEach((value, i) => (change += Math.abs(value - gif.frames[1].pixels[i])));
  expect(change / gif.frames[0].pixels.length).toBeGreaterThan(0.5);
  await expect(animation.box.getByRole('img', { name: /animation/ })).toBeVisible();
  // A link brings the choice back.
  expect(page.url()).toContain('export.format=animation&export.motion=flicker&export.longside=240');
  await animation.box.getByText('WebM', { exact: true }).click();
  const webm = (await animation.save()).bytes;
  expect([...webm.subarray(0, 4)]).toEqual([0x1a, 0x45, 0xdf, 0xa3]);
  // The browser plays what was written.
  const video = animation.box.locator('video');
  await expect.poll(() => video.evaluate((it: HTMLVideoElement) => [it.videoWidth, it.duration])).toEqual([240, 3]);
  // None of this asked a model.
  expect(await engine(page, 'diagnostics', {})).toMatchObject({ modelRuns: 0 });
  errors.check();
});

test('many pairs become one archive, and the pair on the page stays', async ({ page }) => {
  const errors = watchErrors(page);
  await showApp(page, START);
  // A file dialog of the system's own cannot be answered here: the archive is downloaded.
  await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  const shown = () =>
    page.evaluate(() => JSON.stringify((window as unknown as AppWindow).liftMatch.store.getState().result));
  const before = await shown();
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'Many pairs…' }).click();
  const batch = dialog(page, 'Match many pairs');
  const broken = { name: 'z-broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no photo') };
  const photos = ['a', 'b'].map((side) => ({
    name: `${side}.jpg`,
    mimeType: 'image/jpeg',
    buffer: readFileSync(sample(`still-life/${side}.jpg`)),
  }));
  await batch.getByLabel('Choose photos').setInputFiles([...photos, broken]);
  await expect(batch.getByRole('row')).toHaveCount(2);
  const zip = await saved(page, () => batch.getByRole('button', { name: 'Match 2 pairs' }).click());
  await expect(batch).toContainText('1 of 2 pairs are in the archive');
  await expect(batch.getByRole('row').nth(1)).toContainText('failed');
  const archive = await openZip(bytesSource(zip.bytes));
  expect([...archive.keys()]).toEqual([
    expect.stringMatching(/^0001-a-b\/.*matches\.csv$/),
    expect.stringMatching(/^0001-a-b\/.*\.png$/),
    'summary.csv',
  ]);
  const summary = new TextDecoder().decode(await archive.get('summary.csv')!.readAll()).split('\n');
  expect(summary[1]).toMatch(/^1,a\.jpg,b\.jpg,done,(good|partial),0\.\d+/);
  expect(summary[2]).toMatch(/^2,b\.jpg,z-broken\.jpg,failed,/);
  expect(await shown()).toBe(before);
  errors.check();
});
