import { existsSync } from 'node:fs';
import { expect, test as ownPageTest } from '@playwright/test';
import { PNG } from 'pngjs';
import { changedShare } from '../pictures.ts';
import { VIEWS } from '../../src/pages/match/views/index.ts';
import { measureHomography } from '../../scripts/evaluate/measure.ts';
import { readPairs } from '../../scripts/evaluate/pairs.ts';
import {
  type AppWindow,
  choosePhotos,
  dropFiles,
  engine,
  matched,
  openApp,
  readField,
  shared,
  stagePicture,
  watchErrors,
} from '../app.ts';
import { showApp, test } from '../one-page.ts';

/** Small input: the tests run on two cores. */
const SMALL = 'size=224&ep=wasm';

ownPageTest('opens on a sample pair, already matched', async ({ page }) => {
  const errors = watchErrors(page);
  await openApp(page, '?size=224');
  await expect(page.locator('[data-verdict]')).toContainText(/match|no common scene/);
  expect(brightnessSpread(decode(await stagePicture(page)))).toBeGreaterThan(20);
  errors.check();
});

test('matches two real photos within 8 px on WASM', async ({ page }) => {
  test.skip(!existsSync(shared('graf/1.jpg')), 'the evaluation photos are not beside this checkout');
  await showApp(page, `?sample=facade&${SMALL}`);
  // At the size that a visit has.
  await page.evaluate(() =>
    (window as unknown as AppWindow).liftMatch.updateSettings({ longSide: null, rescue: true }),
  );
  await dropFiles(page, 'body', [
    { name: '1.jpg', type: 'image/jpeg', path: shared('graf/1.jpg') },
    { name: '2.jpg', type: 'image/jpeg', path: shared('graf/2.jpg') },
  ]);
  await expect(page.locator('[data-slot="a"]')).toContainText('1.jpg');
  await expect(page.locator('[data-slot="b"]')).toContainText('2.jpg');
  const result = await matched(page);
  expect(result.provider).toBe('wasm');
  expect(result.verdict.kind).not.toBe('none');
  const pair = readPairs(shared('pairs.json')).find(({ name }) => name === 'graf-1-2');
  if (pair?.kind !== 'homography') throw new Error('graf-1-2 has no homography');
  const field = await readField(page, 'a');
  const photos = await page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().photos);
  const measured = measureHomography({ ...field, photo: photos.a.photo!.info.size }, photos.b.photo!.info.size, pair.H);
  expect(measured.medianEpe).toBeLessThan(8);
  expect(measured.places).toBeGreaterThan(200_000);
});

test('every view draws something of its own, and no slider runs a model', async ({ page }) => {
  await showApp(page, `?sample=facade&${SMALL}`);
  await engine(page, 'diagnostics', { reset: true });
  const pictures = new Map<string, PNG>();
  for (const [i, view] of VIEWS.entries()) {
    await page
      .locator('#stage [role="application"], #stage')
      .first()
      .focus()
      .catch(() => {});
    await page.keyboard.press(String(i + 1));
    await expect(page.getByRole('tab', { selected: true })).toHaveAttribute('id', `tab-${view}`);
    const picture = decode(await stagePicture(page));
    expect(brightnessSpread(picture), `${view} is not blank`).toBeGreaterThan(5);
    for (const [other, seen] of pictures)
      expect(changedShare(picture, seen), `${view} differs from ${other}`).toBeGreaterThan(0.01);
    pictures.set(view, picture);
  }
  for (const mode of ['Blend', 'Checker', 'Difference', 'Morph']) {
    await page.keyboard.press('5');
    const before = await stagePicture(page);
    await page.getByText(mode, { exact: true }).click();
    expect(changedShare(await stagePicture(page), before), `${mode} changes the picture`).toBeGreaterThan(0.001);
  }
  await page.keyboard.press('2');
  const before = await stagePicture(page);
  await page.getByRole('slider', { name: /Certainty from/ }).fill('0.9');
  expect(changedShare(await stagePicture(page), before)).toBeGreaterThan(0.001);
  expect((await engine(page, 'diagnostics', {})).modelRuns).toBe(0);
});

test('swapping exchanges photos and match without a model', async ({ page }) => {
  await showApp(page, `?sample=facade&${SMALL}`);
  const before = await readField(page, 'a');
  await engine(page, 'diagnostics', { reset: true });
  await page.getByRole('button', { name: /swap|exchange/i }).click();
  await expect
    .poll(async () => [...(await readField(page, 'b')).warp.slice(0, 50)])
    .toEqual([...before.warp.slice(0, 50)]);
  expect((await engine(page, 'diagnostics', {})).modelRuns).toBe(0);
});

test('a lost device comes back with the photos and matches again', async ({ page }) => {
  await showApp(page, `?sample=facade&${SMALL}`);
  const before = await readField(page, 'a');
  const lose = async () => {
    const epoch = await page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().engine.epoch);
    await engine(page, 'destroyDevice', {});
    await page.waitForFunction((last) => {
      const { engine: now } = (window as unknown as AppWindow).liftMatch.store.getState();
      return now.epoch > last && now.status === 'ready';
    }, epoch);
  };
  await lose();
  await expect(page.locator('.notice[data-code="device-lost"]')).toBeVisible();
  await matched(page);
  expect(largestDifference((await readField(page, 'a')).warp, before.warp)).toBeLessThan(1e-6);
  expect(brightnessSpread(decode(await stagePicture(page)))).toBeGreaterThan(20);
  // Lost again and again, it is done without, until the person wants it tried again.
  const adapter = () =>
    page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().engine.info?.adapter);
  await lose();
  expect(await adapter()).not.toBeNull();
  await lose();
  expect(await adapter()).toBeNull();
  await matched(page);
  const note = page.locator('[data-note="no-webgpu"]');
  await expect(note).toContainText(/lost (twice in a row|three times within ten minutes) \(Device was destroyed\)/);
  await expect(page.locator('.notice[data-code="gpu-avoided"]')).toBeVisible();
  expect(largestDifference((await readField(page, 'a')).warp, before.warp)).toBeLessThan(1e-6);
  expect(brightnessSpread(decode(await stagePicture(page)))).toBeGreaterThan(20);
  await note.getByRole('button', { name: 'Try the GPU again' }).click();
  await expect(note).toHaveCount(0);
  await expect.poll(adapter).not.toBeNull();
});

test('two unrelated photos are told apart; meanwhile what is known so far, a bar to its end, and Stop', async ({
  page,
}) => {
  await showApp(page, `?sample=elsewhere&${SMALL}`);
  await expect(page.locator('[data-verdict]')).toHaveAttribute('data-verdict', 'none');
  // What a person with a phone sees after every word from the engine, from the first match to the verdict.
  await page.setViewportSize({ width: 390, height: 844 });
  const rematch = (stopAt: number) =>
    page.evaluate(
      (stop) =>
        new Promise<{ told: string[]; bar: (number | null)[]; button: string[]; isCut: boolean[] }>((resolve) => {
          const { store, matching } = (window as unknown as AppWindow).liftMatch;
          const seen = {
            told: [] as string[],
            bar: [] as (number | null)[],
            button: [] as string[],
            isCut: [] as boolean[],
          };
          const unsubscribe = store.subscribe(({ job }) => {
            if (!job) {
              unsubscribe();
              // The verdict is drawn once React has heard of it, too.
              return setTimeout(() => resolve(seen));
            }
            if (!job.soFar) return;
            queueMicrotask(() => {
              const bar = document.querySelector<HTMLProgressElement>('.job progress');
              if (!bar) return;
              seen.told.push(document.querySelector('.verdict')?.textContent ?? '');
              seen.bar.push(bar.hasAttribute('value') ? bar.value : null);
              const button = document.querySelector<HTMLButtonElement>('.job button')!;
              seen.button.push(button.textContent ?? '');
              seen.isCut.push(button.getBoundingClientRect().right > innerWidth);
              if (bar.value >= stop) button.click();
            });
          });
          matching.request({ here: true });
        }),
      stopAt,
    );
  const whole = await rematch(2);
  expect(whole.told[0]).toMatch(/^No common scene so far, still looking/);
  expect(whole.told.join(' ')).toContain('turned by 180°');
  expect(whole.bar).toEqual([...whole.bar].sort((p, q) => Number(p) - Number(q)));
  expect(whole.bar.at(-1)).toBe(1);
  expect(new Set(whole.button)).toEqual(new Set(['Stop']));
  expect(whole.isCut).not.toContain(true);
  await expect(page.locator('[data-verdict]')).toHaveAttribute('data-verdict', 'none');
  const stopped = await rematch(0.05);
  expect(stopped.bar.length).toBeLessThan(whole.bar.length);
  await expect(page.locator('[data-verdict]')).toHaveAttribute('data-verdict', 'none');
  await expect(page.locator('.job')).toHaveCount(0);
});

test('measures the machine, stage by stage, as text; the match stays', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await showApp(page, '?sample=facade&size=128&ep=wasm&rescue=0');
  const before = await readField(page, 'a');
  await page.getByText('Timing', { exact: true }).click();
  await page.getByRole('button', { name: 'Measure this machine' }).click();
  const dialog = page.locator('.benchmark-dialog');
  await dialog.getByRole('button', { name: 'Measure', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Measure', exact: true }).click();
  const rows = dialog.locator('[data-benchmark] tbody tr');
  await expect(rows.first()).toBeVisible({ timeout: 60_000 });
  expect(await rows.locator('th').allInnerTexts()).toEqual([
    'Preprocess',
    'Encode A',
    'Encode B',
    'Match',
    'Draw',
    'Whole match',
  ]);
  const cells = (await rows.last().locator('td').allInnerTexts()).map(Number);
  const [median, , fastest, slowest] = cells;
  expect(fastest).toBeGreaterThan(1);
  expect(median).toBeGreaterThanOrEqual(fastest);
  expect(slowest).toBeGreaterThanOrEqual(median);
  await dialog.getByRole('button', { name: 'Copy as text' }).click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('WASM (CPU)');
  expect(text).toContain('10 after 2 to warm up');
  await page.keyboard.press('Escape');
  expect((await readField(page, 'a')).warp.slice(0, 50)).toEqual(before.warp.slice(0, 50));
  expect(brightnessSpread(decode(await stagePicture(page)))).toBeGreaterThan(20);
});

test('keeps the previous photo and match when a file is refused', async ({ page }) => {
  await showApp(page, `?sample=facade&${SMALL}`);
  const before = await readField(page, 'a');
  await dropFiles(page, '[data-slot="a"]', [
    { name: 'notes.jpg', type: 'image/jpeg', path: new URL(import.meta.url).pathname },
  ]);
  await expect(page.getByRole('alert')).toContainText('notes.jpg');
  expect((await readField(page, 'a')).warp.slice(0, 50)).toEqual(before.warp.slice(0, 50));
});

test('choosing both photos by the file dialog matches them', async ({ page }) => {
  test.skip(!existsSync(shared('leuven/1.jpg')), 'the evaluation photos are not beside this checkout');
  await showApp(page, `?sample=facade&${SMALL}`);
  const result = await choosePhotos(page, shared('leuven/1.jpg'), shared('leuven/2.jpg'));
  expect(result.verdict.kind).toBe('good');
  await expect(page.locator('[data-verdict]')).toContainText('match well');
});

const decode = (picture: Buffer): PNG => PNG.sync.read(picture);

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
}

/** Standard deviation of the green channel, 0…255: near 0 for a blank picture. */
function brightnessSpread({ data }: PNG): number {
  let sum = 0;
  let squares = 0;
  const n = data.length / 4;
  for (let i = 1; i < data.length; i += 4) {
    sum += data[i];
    squares += data[i] ** 2;
  }
  return Math.sqrt(squares / n - (sum / n) ** 2);
}
