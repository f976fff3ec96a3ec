import { readFileSync, writeFileSync } from 'node:fs';
import { type Download, expect, type Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { dropFiles, engine, matched, openApp, readField, stagePicture, watchErrors } from '../app.ts';
import { showApp, test } from '../one-page.ts';
import { parseFlo } from '../../src/formats/flow/flo.ts';

const START = '?sample=still-life&ep=wasm&size=160&rescue=0';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Export' });

/** Saves the match in the dialog that is open. */
async function save(page: Page): Promise<Download> {
  const download = page.waitForEvent('download');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  return download;
}

async function choose(page: Page, format: RegExp): Promise<void> {
  if (!(await dialog(page).isVisible())) await page.getByRole('button', { name: 'Export' }).click();
  await dialog(page).getByRole('radio', { name: format }).check();
}

const textOf = async (download: Download) => readFileSync(await download.path(), 'utf8');

test('matches, dense match, flow and COLMAP are saved with telling names', async ({ page }) => {
  const errors = watchErrors(page);
  await showApp(page, START);
  await choose(page, /Matches, table/);
  const csv = await save(page);
  expect(csv.suggestedFilename()).toMatch(/-matches\.csv$/);
  await expect(dialog(page)).toContainText(/Saved as .*-matches\.csv/);
  const rows = (await textOf(csv)).split('\n').filter((line) => /^\d/.test(line));
  const { count } = (await engine(page, 'readMatches', {}))!;
  expect(rows).toHaveLength(count);
  expect(count).toBeGreaterThan(50);

  await choose(page, /Matches, JSON/);
  expect(JSON.parse(await textOf(await save(page)))).toMatchObject({ count });

  await choose(page, /NumPy/);
  const npz = await save(page);
  expect(npz.suggestedFilename()).toMatch(/-dense\.npz$/);
  expect(readFileSync(await npz.path()).length).toBeGreaterThan(20_000);

  await choose(page, /Middlebury/);
  const flo = await save(page);
  expect(flo.suggestedFilename()).toMatch(/-flow-a-to-b\.flo$/);
  const flow = parseFlo(readFileSync(await flo.path()));
  expect(flow.valid).toContain(1);
  await expect(dialog(page)).toContainText(/vectors are known/);

  await choose(page, /KITTI/);
  await dialog(page).getByText('B → A').click();
  const kitti = await save(page);
  expect(kitti.suggestedFilename()).toMatch(/-flow-b-to-a-kitti\.png$/);
  expect(PNG.sync.read(readFileSync(await kitti.path()))).toMatchObject({
    width: flow.size.width,
    height: flow.size.height,
  });

  await choose(page, /COLMAP, text/);
  expect((await save(page)).suggestedFilename()).toMatch(/-colmap\.zip$/);
  errors.check();
});

test('a flow file without a certain place is refused with a remedy', async ({ page }) => {
  await showApp(page, `${START}&threshold=1`);
  await choose(page, /Middlebury/);
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(page).getByRole('alert')).toHaveText(/would be empty.*Lower the certainty threshold/);
});

test('a figure is the picture at the chosen scale, with its legend', async ({ page }) => {
  await showApp(page, `${START}&view=certainty`);
  const before = await stagePicture(page);
  const box = (await page.getByRole('application').boundingBox())!;
  await choose(page, /Figure/);
  await dialog(page).getByText('3×').click();
  const figure = await save(page);
  expect(figure.suggestedFilename()).toMatch(/-certainty@3x\.png$/);
  const { width, height, data } = PNG.sync.read(readFileSync(await figure.path()));
  expect(width).toBe(Math.round(box.width * 3));
  expect(height).toBe(Math.round(box.height * 3) + 156);
  // The strip holds the colour ramp, not white alone.
  const strip = data.subarray(width * (height - 120) * 4, width * (height - 119) * 4);
  expect(new Set(strip).size).toBeGreaterThan(50);
  // The stage itself is drawn as it was.
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  expect((await stagePicture(page)).equals(before)).toBe(true);
});

test('a share file brings everything back, bit by bit, and runs nothing', async ({ page, browser }) => {
  const errors = watchErrors(page);
  await showApp(page, `${START}&view=flow&threshold=0.4`);
  const [a, b] = [await readField(page, 'a'), await readField(page, 'b')];
  await choose(page, /Share file/);
  const file = await save(page);
  expect(file.suggestedFilename()).toMatch(/\.liftmatch\.zip$/);
  const path = await file.path();

  const other = await browser.newPage();
  await openApp(other, '?sample=facade&ep=wasm&size=128&rescue=0');
  await engine(other, 'diagnostics', { reset: true });
  await dropFiles(other, 'main', [{ name: file.suggestedFilename(), type: 'application/zip', path }]);
  await expect(other.locator('.notices')).toContainText('Nothing has run here');
  const result = await matched(other);
  expect(result.inputSize.a.width).toBe(160);
  expect(await engine(other, 'diagnostics', {})).toMatchObject({ modelRuns: 0 });
  expect(await readField(other, 'a')).toEqual(a);
  expect(await readField(other, 'b')).toEqual(b);
  await expect(other.getByRole('tab', { name: /Flow/ })).toHaveAttribute('aria-selected', 'true');
  // What is shown can be swapped and probed like any match.
  await other.getByRole('button', { name: 'Swap A and B' }).click();
  await expect.poll(async () => (await readField(other, 'a')).warp[0]).toBe(b.warp[0]);
  expect(await engine(other, 'diagnostics', {})).toMatchObject({ modelRuns: 0 });
  await other.close();
  errors.check();
});

test('a damaged share file is refused with code and remedy, and what was shown stays', async ({ page }, info) => {
  await showApp(page, START);
  await choose(page, /Share file/);
  const whole = readFileSync(await (await save(page)).path());
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const path = info.outputPath('cut.liftmatch.zip');
  writeFileSync(path, whole.subarray(0, whole.length / 2));
  const before = await readField(page, 'a');
  await dropFiles(page, 'main', [{ name: 'cut.liftmatch.zip', type: 'application/zip', path }]);
  await expect(page.locator('.notice.error')).toContainText(/fetch the file again/i);
  expect(await readField(page, 'a')).toEqual(before);
});
