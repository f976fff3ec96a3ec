import { readFileSync, writeFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { type AppWindow, dropFiles, engine, matched, readField, sample, watchErrors } from '../app.ts';
import { showApp, test } from '../one-page.ts';

const START = '?sample=still-life&ep=wasm&size=256&rescue=0';

const panel = (page: Page) => page.locator('details.section', { hasText: 'Masks' });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Mask of photo A' });
const named = (page: Page) =>
  page.evaluate(() => {
    const { masks } = (window as unknown as AppWindow).liftMatch.store.getState();
    return { a: masks.a?.name ?? null, b: masks.b?.name ?? null };
  });

/** Rows of the matches drawn. */
const drawn = (page: Page) =>
  page.evaluate(async () => {
    const table = (await (window as unknown as AppWindow).liftMatch.link.call('readMatches', {}))!;
    return Array.from({ length: table.count }, (_, i) => [...table.rows.subarray(5 * i, 5 * i + 5)]);
  });

/** A picture whose left or right half is white, in `tests` own folder. */
function half(path: string, width: number, height: number, isLeft: boolean): string {
  const picture = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) {
    const value = i % width < width / 2 === isLeft ? 255 : 0;
    picture.data.set([value, value, value, 255], 4 * i);
  }
  writeFileSync(path, PNG.sync.write(picture));
  return path;
}

test('measured cameras: from a file, in the fit and its curved lines, typed, kept in the link, refused', async ({
  page,
}, info) => {
  const errors = watchErrors(page);
  await showApp(page, START);
  // Its true cameras (48° and 50°), measured on a half-sized copy, with a lens that the photos do not have.
  const lines = (['48', '50'] as const).map((fov, i) => {
    const focal = 160 / Math.tan((Number(fov) * Math.PI) / 360);
    return `${i + 1} OPENCV 320 240 ${focal} ${focal} 160 120 0 0 0 0`;
  });
  const file = info.outputPath('cameras.txt');
  writeFileSync(file, `# Camera list\n${lines.join('\n')}\n`);
  await dropFiles(page, 'body', [{ name: 'cameras.txt', type: 'text/plain', path: file }]);
  await expect(page.locator('.notices')).toContainText(
    'Cameras of “cameras.txt” (2 in it): A has camera 1, B has camera 2.',
  );
  const fitted = () =>
    page.evaluate(() => {
      const { fit: found, job } = (window as unknown as AppWindow).liftMatch.store.getState().geometry;
      return job === null && found?.cameras ? { lenses: found.lenses, intrinsics: found.cameras.intrinsics } : null;
    });
  await expect.poll(async () => (await fitted())?.intrinsics.b).toMatchObject({ source: 'known', camera: { cx: 320 } });
  expect((await fitted())!.intrinsics.a.fov).toBeCloseTo(48, 6);
  await expect(page).toHaveURL(/fit=essential.*fit\.cama=OPENCV/);

  // Typed: a barrel bends the lines of the probe.
  const form = page.locator('[data-camera="b"]');
  await form.getByLabel('k1').fill('-0.25');
  await expect.poll(async () => (await fitted())?.lenses?.b.distortion[0]).toBe(-0.25);
  const stage = (await page.locator('.stage').boundingBox())!;
  await page.mouse.move(stage.x + 0.2 * stage.width, stage.y + 0.5 * stage.height);
  const points = page.locator('[data-epipolar] polyline.epipolar-line');
  await expect(points).toHaveCount(2);
  const counts = await points.evaluateAll((all) => all.map((one) => one.getAttribute('points')!.split(' ').length));
  expect(Math.max(...counts)).toBeGreaterThan(20);
  expect(Math.min(...counts)).toBe(2);

  // Another format, and another shape; the cameras stay.
  const wrong = info.outputPath('wrong.yml');
  writeFileSync(wrong, 'hello: [1, 2]');
  await page.locator('[data-camera-picker]').setInputFiles(wrong);
  await expect(page.locator('.notices')).toContainText('“wrong.yml”: There is no camera in it.');
  writeFileSync(wrong, '1 PINHOLE 480 640 500 500 240 320');
  await page.locator('[data-camera-picker]').setInputFiles(wrong);
  await expect(page.locator('.notices')).toContainText('no camera of these photos’ shapes');
  expect((await fitted())!.intrinsics.a.source).toBe('known');
  await page
    .locator('[data-camera="a"]')
    .getByRole('button', { name: /Remove/ })
    .click();
  await expect.poll(async () => (await fitted())?.intrinsics.a.source).toBe('assumed');
  errors.check();
});

test('parts are left out by brush, polygon, keys and files; nothing is matched there, and no model runs', async ({
  page,
}, info) => {
  const outputPath = (name: string) => info.outputPath(name);
  const errors = watchErrors(page);
  await showApp(page, START);
  await engine(page, 'diagnostics', { reset: true });
  const whole = (await matched(page)).verdict;
  await panel(page).getByText('Masks', { exact: true }).click();

  // The brush wipes a thick stroke out of A's middle, the keys a spot; what is undone is not there.
  await panel(page).getByRole('button', { name: 'Paint the mask of photo A' }).click();
  const canvas = dialog(page).getByRole('application');
  const box = (await canvas.boundingBox())!;
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await dialog(page)
    .getByLabel('Brush')
    .last()
    .fill(String(Math.log(0.1)));
  await page.mouse.move(...at(0.1, 0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.9, 0.5), { steps: 8 });
  await page.mouse.up();
  await expect(dialog(page)).toContainText(/2\d % is left out/);
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+z');
  await dialog(page).getByText('Polygon').click();
  for (const [x, y] of [
    [0.02, 0.02],
    [0.98, 0.02],
    [0.98, 0.2],
  ] as const) {
    await page.mouse.click(...at(x, y));
  }
  await page.mouse.click(...at(0.02, 0.02));
  await expect(dialog(page)).toContainText(/3\d % is left out/);
  const download = page.waitForEvent('download');
  await dialog(page).getByRole('button', { name: 'Save PNG' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('a.mask.png');
  const png = PNG.sync.read(readFileSync(await saved.path()));
  expect([png.width, png.height]).toEqual([640, 480]);
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(panel(page)).toContainText(/3\d % left out/);
  await expect(page.locator('.verdict')).toContainText('Only what the masks leave counts.');

  // Certainty is 0 there, from both sides, and the probe says so.
  const field = await readField(page, 'a');
  const { width, height } = field.grid;
  field.certainty.forEach((value, i) => {
    const [x, y] = [((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height];
    if (!png.data[4 * (Math.floor(y * 480) * 640 + Math.floor(x * 640))]) expect(value).toBe(0);
  });
  const rows = await drawn(page);
  expect(rows.length).toBeGreaterThan(50);
  for (const [x, y] of rows) expect(png.data[4 * (Math.floor(y) * 640 + Math.floor(x))]).toBe(255);
  expect((await engine(page, 'probe', { side: 'a', x: 320, y: 240 }))!.certainty).toBe(0);
  expect((await engine(page, 'diagnostics', {})).modelRuns).toBe(0);

  // Exchanged with its photo, restored to a fresh engine, kept by the tab.
  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await expect.poll(() => named(page)).toEqual({ a: null, b: 'painted' });
  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await expect.poll(() => named(page)).toEqual({ a: 'painted', b: null });
  await page.evaluate(() => (window as unknown as AppWindow).liftMatch.link.restart());
  expect((await matched(page)).verdict.isMasked).toBe(true);
  await page.reload();
  await matched(page);
  await expect.poll(() => named(page)).toEqual({ a: 'painted', b: null });

  // Files: of another size, of another shape, and none at all.
  await panel(page).getByText('Masks', { exact: true }).click();
  await page.locator('[data-mask-picker="b"]').setInputFiles(half(outputPath('wide.png'), 64, 24, true));
  await expect(page.locator('.notices')).toContainText('“wide.png” has 64 × 24 pixels, another shape than its photo');
  await page.locator('[data-mask-picker="b"]').setInputFiles(sample('index.json'));
  await expect(page.locator('.notices')).toContainText('“index.json” could not be read as a picture');
  const mask = half(outputPath('b.mask.png'), 33, 25, false);
  await dropFiles(page, 'body', [{ name: 'b.mask.png', type: 'image/png', path: mask }]);
  await expect.poll(() => named(page)).toEqual({ a: 'painted', b: 'b.mask.png' });
  await expect.poll(async () => (await drawn(page)).every(([, , x]) => x > 315)).toBe(true);

  const quiet = async () => {
    const dismiss = page.locator('.notice button');
    while (await dismiss.count()) await dismiss.first().click();
  };
  await quiet();

  // In the share file, and out of it.
  await page.getByRole('button', { name: 'Export' }).click();
  const sharing = page.waitForEvent('download');
  await page.getByRole('dialog', { name: 'Export' }).getByRole('button', { name: 'Save' }).click();
  const share = await sharing;
  await page.keyboard.press('Escape');
  await panel(page).getByRole('button', { name: 'Remove the mask of photo A' }).click();
  await panel(page).getByRole('button', { name: 'Remove the mask of photo B' }).click();
  await expect
    .poll(async () => (await matched(page)).verdict)
    .toMatchObject({ overlap: whole.overlap, sentence: whole.sentence });
  await dropFiles(page, 'body', [{ name: 'm.liftmatch.zip', type: 'application/zip', path: await share.path() }]);
  await expect.poll(() => named(page)).toEqual({ a: 'of the share file', b: 'of the share file' });
  expect((await matched(page)).verdict.isMasked).toBe(true);
  expect((await drawn(page)).every(([, , x]) => x > 315)).toBe(true);
  await quiet();
  await panel(page).getByRole('button', { name: 'Remove the mask of photo A' }).click();
  await panel(page).getByRole('button', { name: 'Remove the mask of photo B' }).click();
  await expect.poll(async () => (await matched(page)).verdict.overlap.a).toBeCloseTo(whole.overlap.a, 2);
  errors.check();
});
