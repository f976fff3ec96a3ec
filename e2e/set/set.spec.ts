import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { decode } from 'jpeg-js';
import { PNG } from 'pngjs';
import initSqlJs from 'sql.js';
import { openZip } from '../../src/formats/archives/zip.ts';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { sample, watchErrors } from '../app.ts';

const photos = (page: Page) => page.locator('.set-photo');
const run = (page: Page) => page.getByRole('region', { name: 'Matching' });
const cell = (page: Page, row: number, column: number) => page.locator(`rect[data-pair="${row}-${column}"]`);
const give = (page: Page, paths: string[]) => page.locator('input[data-picker=set]').setInputFiles(paths);

async function saved(page: Page, label: string): Promise<Buffer> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: label, exact: true }).click();
  return readFileSync(await (await download).path());
}

test('a bad folder becomes a set: matched with a pause, looked at, saved, there after a reload, opened on Match', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'liftmatch-set-'));
  const errors = watchErrors(page);
  const path = (name: string) => join(folder, name);
  try {
    copyFileSync(sample('facade/a.jpg'), path('2.jpg'));
    copyFileSync(sample('facade/b.jpg'), path('10.jpg'));
    copyFileSync(sample('facade/a.jpg'), path('11.jpg'));
    copyFileSync(sample('valley/a.jpg'), path('12.jpg'));
    writeFileSync(path('broken.jpg'), readFileSync(sample('facade/a.jpg')).subarray(0, 3000));
    writeFileSync(path('notes.txt'), 'not a photo');
    await page.goto('/?page=set&ep=wasm&size=192');
    await give(page, ['12.jpg', '10.jpg', 'notes.txt', 'broken.jpg', '2.jpg', '11.jpg'].map(path));
    await expect(photos(page)).toHaveCount(4);
    await expect(page.locator('.set-name')).toHaveText(['2.jpg', '10.jpg', '11.jpg', '12.jpg']);
    await expect(photos(page).nth(2)).toContainText('same file as 1');
    await page.locator('.set-refused summary').click();
    await expect(page.locator('.set-refused li')).toHaveText([/“broken\.jpg”/, /“notes\.txt” is no photo/]);

    // Paused after a pair, then to the end.
    await run(page).getByRole('button', { name: 'Match all pairs' }).click();
    await run(page).getByRole('button', { name: 'Pause' }).click();
    await expect(run(page)).toHaveAttribute('data-status', 'paused', { timeout: 60_000 });
    await expect(run(page)).toHaveAttribute('data-done', '1');
    await run(page).getByRole('button', { name: 'Go on' }).click();
    await expect(run(page).locator('[data-tracks]')).toContainText('3 of 6 pairs verified', { timeout: 60_000 });
    await expect(photos(page).nth(3)).toContainText('in no track');
    // The valley is no façade.
    await cell(page, 1, 4).hover();
    await expect(page.locator('[data-pair-words]')).toContainText('These photos show no common scene.');
    await cell(page, 1, 2).hover();
    await expect(page.locator('[data-pair-words]')).toContainText('a fundamental matrix explains them');
    await cell(page, 1, 3).hover();
    await expect(page.locator('[data-pair-words]')).toContainText('a homography explains them');
    await expect(page.locator('.set-graph line')).toHaveCount(3);

    // A point through all photos that see it.
    await photos(page).nth(1).locator('.set-thumb').click();
    await expect(page.locator('[data-keypoints]')).not.toHaveAttribute('data-keypoints', '0');
    await page.locator('.set-look').click();
    await expect(page.locator('.set-strip li')).toHaveCount(3);

    // Measured cameras: every photo of their shape has them, geometries are fitted anew, and nothing is matched again.
    const { width, height } = decode(readFileSync(sample('facade/a.jpg')));
    writeFileSync(
      path('cameras.txt'),
      `1 OPENCV ${width} ${height} ${width} ${width} ${width / 2} ${height / 2} 0.01 0 0 0\n`,
    );
    await give(page, ['cameras.txt', 'notes.txt'].map(path));
    await expect(page.locator('.set-refused')).toContainText('1 file was left out');
    await expect(photos(page).nth(1)).toContainText('camera OPENCV');
    await expect(run(page)).toHaveAttribute('data-done', '6');
    await cell(page, 1, 2).hover();
    await expect(page.locator('[data-pair-words]')).toContainText(
      /an essential matrix explains them|a homography explains them/,
    );

    // What is saved is one project.
    const { Database } = await initSqlJs();
    const database = new Database(await saved(page, 'COLMAP, database'));
    expect(database.exec('SELECT name FROM images ORDER BY image_id')[0].values.flat()).toEqual([
      '2.jpg',
      '10.jpg',
      '11.jpg',
      '12.jpg',
    ]);
    expect(database.exec('SELECT count(*) FROM two_view_geometries')[0].values).toEqual([[3]]);
    const measured =
      'SELECT DISTINCT c.model, c.prior_focal_length FROM images JOIN cameras c USING (camera_id) WHERE image_id < 4';
    expect(database.exec(measured)[0].values).toEqual([[4, 1]]);
    database.close();
    const hloc = await openZip(bytesSource(await saved(page, 'hloc, HDF5')));
    expect([...hloc.keys()]).toEqual(['features.h5', 'matches.h5']);
    expect((await saved(page, 'Tracks, table')).toString()).toContain('track,photo,x,y,certainty');

    // After a reload it is all there, without a match; a sequence of the same photos needs none either.
    const facts = await run(page).locator('[data-tracks]').innerText();
    await page.reload();
    await expect(run(page).locator('[data-tracks]')).toHaveText(facts);
    await expect(run(page).getByRole('button', { name: 'Match all pairs' })).toBeDisabled();
    await page.getByText('Sequence', { exact: true }).click();
    await expect(page).toHaveURL(/set\.pairs=sequence/);
    await expect(run(page).locator('[data-tracks]')).toContainText('of 5 pairs verified');
    await page.getByRole('button', { name: 'Move 2.jpg back' }).click();
    await expect(page.locator('.set-name').first()).toHaveText('10.jpg');

    // A cell opens its pair on Match.
    await cell(page, 1, 2).click();
    await expect(page.locator('[data-slot="a"]')).toContainText('10.jpg');
    await expect(page.locator('[data-slot="b"]')).toContainText('2.jpg');
    await page.getByRole('button', { name: 'Set', exact: true }).click();

    // A mask of one photo takes away what was matched with it; what is then found lies inside.
    const mask = new PNG({ width: 40, height: 30 });
    mask.data.forEach((_value, k) => (mask.data[k] = k % 4 === 3 || (k >> 2) % 40 < 20 ? 255 : 0));
    writeFileSync(path('10.mask.png'), PNG.sync.write(mask));
    writeFileSync(path('2.mask.png'), PNG.sync.write(new PNG({ width: 30, height: 40 })));
    await give(page, ['10.mask.png', '2.mask.png'].map(path));
    await expect(photos(page).first()).toContainText('masked');
    await expect(page.locator('.set-refused')).toContainText('1 file was left out');
    await run(page).getByRole('button', { name: 'Go on' }).click();
    await expect(run(page).locator('[data-tracks]')).toContainText('of 5 pairs verified', { timeout: 60_000 });
    const rows = (await saved(page, 'Tracks, table')).toString().split('\n');
    const inside = rows.filter((row) => row.includes(',10.jpg,')).map((row) => Number(row.split(',')[2]));
    expect(inside.length).toBeGreaterThan(50);
    expect(Math.max(...inside)).toBeLessThan(0.55 * width);

    // One click to the two-view cloud of a pair, with its cameras and masks.
    await cell(page, 1, 2).hover();
    await page.getByRole('button', { name: 'Two-view cloud' }).click();
    const cloud = page.getByRole('dialog', { name: /points and both cameras/ });
    await expect(cloud.locator('canvas[data-drawn-by]')).toBeVisible({ timeout: 60_000 });
    await expect(page).toHaveURL(/fit=essential&fit\.cloud=1.*fit\.cama=OPENCV/);
    await cloud.getByRole('button', { name: 'Close' }).click();
    await expect(page).not.toHaveURL(/fit\.cloud/);
    await page.getByRole('button', { name: 'Set', exact: true }).click();
    await page.getByRole('button', { name: 'Remove all' }).click();
    await expect(page.getByText('No photos yet')).toBeVisible();

    // Sixty photos, one of them broken: the others are there, and likely pairs are offered.
    const many = Array.from({ length: 60 }, (_, i) => {
      const picture = new PNG({ width: 64, height: 64 });
      picture.data.forEach((_value, k) => (picture.data[k] = k % 4 === 3 ? 255 : (k * (i + 3)) % 251));
      writeFileSync(path(`${i}.png`), PNG.sync.write(picture).subarray(0, i === 30 ? 200 : undefined));
      return path(`${i}.png`);
    });
    await give(page, many);
    await expect(photos(page)).toHaveCount(59, { timeout: 60_000 });
    await expect(page.locator('.set-refused')).toContainText('1 file was left out');
    await page.locator('.segmented').getByText('Auto', { exact: true }).click();
    await expect(run(page)).toContainText('Likely pairs are found when the matching begins');
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.reload();
    await expect(page.getByText('No photos yet')).toBeVisible();
    errors.check();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
