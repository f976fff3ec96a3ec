import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page, test as ownPageTest } from '@playwright/test';
import type { MatchWorkspace } from '../../src/pages/match/state/match-workspace.ts';
import { matched, openApp, sample, stagePicture, watchErrors } from '../app.ts';
import { showApp, test } from '../one-page.ts';

/** A pair that the embedded model matches in part, at a size that two cores run in a second. */
const START = '?sample=still-life&ep=wasm&size=160&rescue=0';

type AppWindow = Window & { liftMatch: MatchWorkspace };

const stage = (page: Page): Locator => page.getByRole('application');
const readout = (page: Page): Locator => page.locator('.probe-readout');
const query = (page: Page) => new URL(page.url()).searchParams;

/** A place on the stage, as shares of its width and height. */
async function place(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = (await stage(page).boundingBox())!;
  return [box.x + box.width * x, box.y + box.height * y];
}

const camera = (page: Page) =>
  page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().view.camera);

test('the probe shows the matched place while the pointer is over a photo', async ({ page }) => {
  const errors = watchErrors(page);
  await showApp(page, START);
  await page.mouse.move(...(await place(page, 0.25, 0.5)));
  await expect(readout(page)).toHaveText(
    /^A\s*[\d.]+, [\d.]+\s*→\s*B\s*-?[\d.]+, -?[\d.]+\s*certainty \d+ %\s*cycle [\d.]+ px$/,
  );
  await expect(page.locator('.marker-from')).toHaveCount(1);
  await page.mouse.move(...(await place(page, 0.75, 0.5)));
  await expect(readout(page)).toHaveText(/^B.*→\s*A/);
  await page.getByRole('tab', { name: /Warp/ }).hover();
  await expect(page.locator('.marker-from')).toHaveCount(0);
  errors.check();
});

test('the probe tells pixels of the photo, whatever the zoom', async ({ page }) => {
  await showApp(page, `${START}&camera=0.25,0.5,4`);
  await page.mouse.move(...(await place(page, 0.2, 0.5)));
  await expect(readout(page)).toContainText('A');
  const told = await page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().probe!);
  // The pane is half of the stage and the camera's centre is a quarter of the 640 × 480 photo; the fit is by width.
  const box = (await stage(page).boundingBox())!;
  const pane = (box.width - 8) / 2;
  const pixelsPerCss = 640 / (pane * 4);
  expect(told.x).toBeCloseTo(160 + (box.width * 0.2 - pane / 2) * pixelsPerCss, 0);
  expect(told.y).toBeCloseTo(240, 0);
});

test('pins are set by a click, listed, kept in the address, deleted and cleared', async ({ page }) => {
  await showApp(page, START);
  await page.mouse.click(...(await place(page, 0.2, 0.45)));
  await page.mouse.click(...(await place(page, 0.3, 0.5)));
  await page.mouse.click(...(await place(page, 0.7, 0.5)));
  const list = page.getByRole('list', { name: 'Pins' });
  await expect(list.getByRole('listitem')).toHaveCount(3);
  await expect(list).toContainText(/A [\d.]+, [\d.]+ → B/);
  await expect(list).toContainText(/B [\d.]+, [\d.]+ → A/);
  await expect.poll(() => query(page).get('pins')).toMatch(/^a[\d.]+,[\d.]+;a[\d.]+,[\d.]+;b[\d.]+,[\d.]+$/);

  const rows = await list.getByRole('listitem').allInnerTexts();
  await page.reload();
  await matched(page);
  await expect(list.getByRole('listitem')).toHaveCount(3);
  // The link keeps a tenth of a pixel: certainty may round to the next percent.
  const coordinates = (text: string) => text.match(/[AB] [\d.]+, [\d.]+/)?.[0];
  expect((await list.getByRole('listitem').allInnerTexts()).map(coordinates)).toEqual(rows.map(coordinates));

  await list.getByRole('button', { name: 'Delete pin 2' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(list).toHaveCount(0);
  await expect.poll(() => query(page).has('pins')).toBe(false);
});

test('pins go with their photos when A and B are swapped', async ({ page }) => {
  await showApp(page, START);
  await page.mouse.click(...(await place(page, 0.25, 0.5)));
  const pin = page.getByRole('list', { name: 'Pins' }).getByRole('listitem');
  await expect(pin).toContainText(/A [\d.]+, [\d.]+ → B/);
  const before = (await pin.innerText()).match(/[\d.]+, [\d.]+/)?.[0] ?? 'none';
  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await expect(pin).toContainText(`B ${before} → A`);
  await expect
    .poll(() => [query(page).get('a'), query(page).get('b')])
    .toEqual(['samples/still-life/b.jpg', 'samples/still-life/a.jpg']);
  await page.reload();
  await matched(page);
  const name = await page.evaluate(
    () => (window as unknown as AppWindow).liftMatch.store.getState().photos.a.photo?.name,
  );
  expect(name).toBe('b.jpg');
});

test('a link brings view and settings back, and the picture with them', async ({ page }) => {
  await showApp(page, START);
  await page.getByRole('tab', { name: /Certainty/ }).click();
  await page.getByText('magma').locator('..').click();
  await page.getByRole('slider', { name: 'Opacity' }).fill('0.5');
  await page.getByRole('slider', { name: 'Certainty from' }).fill('0.1');
  await stage(page).focus();
  await page.keyboard.press('+');
  await expect.poll(() => query(page).get('camera')).not.toBeNull();
  expect(Object.fromEntries(query(page))).toMatchObject({
    view: 'certainty',
    map: 'magma',
    opacity: '0.5',
    threshold: '0.1',
    size: '160',
  });
  const before = await stagePicture(page);
  await page.goto(page.url());
  await matched(page);
  await expect(page.getByRole('tab', { selected: true })).toContainText('Certainty');
  await expect(page.getByRole('slider', { name: 'Opacity' })).toHaveValue('0.5');
  expect(Buffer.compare(await stagePicture(page), before)).toBe(0);
});

ownPageTest('nonsense in the address opens the page with its defaults', async ({ page }) => {
  const errors = watchErrors(page);
  await openApp(page, '?view=%00&threshold=NaN&count=-5&camera=x&pins=;;&ep=wasm&size=1&sample=nowhere');
  await expect(page.getByRole('tab', { selected: true })).toContainText('Matches');
  await expect(page.getByRole('slider', { name: 'Number' })).toHaveAttribute('aria-valuetext', '10');
  errors.check();
});

test('the whole page works by keyboard', async ({ page }) => {
  await showApp(page, START);
  for (const [key, name] of [
    ['1', 'Warp'],
    ['4', 'Flow'],
    ['6', 'Cycle'],
    ['3', 'Matches'],
  ]) {
    await page.keyboard.press(key);
    await expect(page.getByRole('tab', { selected: true })).toContainText(name);
  }
  await page.getByRole('tab', { selected: true }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: /Flow/ })).toBeFocused();
  await page.keyboard.press('Home');
  await expect(page.getByRole('tab', { name: /Warp/ })).toBeFocused();

  await page.keyboard.press('Tab');
  await expect(stage(page)).toBeFocused();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect(page.locator('.zoom-value')).toHaveText('156 %');
  const centred = await camera(page);
  await page.keyboard.press('ArrowRight');
  expect((await camera(page)).x).toBeGreaterThan(centred.x);
  await page.keyboard.press('-');
  await page.keyboard.press('0');
  await expect(page.locator('.zoom-value')).toHaveText('100 %');

  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(readout(page)).toContainText('→');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Pins' }).getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-probe]')).toHaveCount(0);

  const shown = page.getByRole('group', { name: 'Pages' }).getByRole('button', { pressed: true });
  for (const [keys, title] of [
    ['Alt+c', 'Compare'],
    ['Alt+l', 'Lift'],
    ['Alt+m', 'Match'],
  ]) {
    await page.keyboard.press(keys);
    await expect(shown).toHaveText(title);
  }
  await expect(page.getByRole('list', { name: 'Pins' }).getByRole('listitem')).toHaveCount(1);
});

test('number keys do nothing while an address is being typed', async ({ page }) => {
  await showApp(page, START);
  await page.getByRole('button', { name: 'Open photo A from an address' }).click();
  await page.getByRole('textbox', { name: 'Address of the picture' }).fill('');
  await page.keyboard.type('https://x.test/1');
  await expect(page.getByRole('tab', { selected: true })).toContainText('Matches');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('wheel zooms about the pointer, dragging pans, a double click resets', async ({ page }) => {
  await showApp(page, START);
  const at = await place(page, 0.2, 0.5);
  const told = () => page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().probe!);
  await page.mouse.move(...at);
  await expect(page.locator('[data-probe]')).toBeVisible();
  const before = await told();
  await page.mouse.wheel(0, -500);
  await expect.poll(async () => (await camera(page)).scale).toBeGreaterThan(2);
  await page.mouse.move(at[0] + 1, at[1]);
  await page.mouse.move(...at);
  const after = await told();
  expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(0.5);

  const held = await camera(page);
  await page.mouse.down();
  await page.mouse.move(at[0] + 60, at[1] + 20, { steps: 4 });
  await page.mouse.up();
  expect((await camera(page)).x).toBeLessThan(held.x);
  await expect(page.getByRole('list', { name: 'Pins' })).toHaveCount(0);

  await page.mouse.dblclick(...at);
  expect(await camera(page)).toEqual({ x: 0.5, y: 0.5, scale: 1 });
  await expect(page.getByRole('list', { name: 'Pins' })).toHaveCount(0);
});

test('the swipe’s divider is dragged and moved by keys', async ({ page }) => {
  await showApp(page, `${START}&view=compare`);
  const handle = page.getByRole('slider', { name: 'Divider between B and A' });
  const before = await stagePicture(page);
  const box = (await handle.boundingBox())!;
  await page.mouse.move(box.x + 18, box.y + 18);
  await page.mouse.down();
  await page.mouse.move(box.x + 160, box.y + 30, { steps: 5 });
  await page.mouse.up();
  const moved = Number(await handle.getAttribute('aria-valuenow'));
  expect(moved).toBeGreaterThan(60);
  expect((await handle.boundingBox())!.x - box.x).toBeCloseTo(142, -1);
  expect(Buffer.compare(await stagePicture(page), before)).not.toBe(0);
  await handle.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(handle).toHaveAttribute('aria-valuenow', String(moved - 2));
  await page.keyboard.press('Home');
  await expect(handle).toHaveAttribute('aria-valuenow', '0');
});

test('a running match can be cancelled and started again', async ({ page }) => {
  await showApp(page, START);
  const size = page.getByLabel('Input size');
  await page.locator('summary', { hasText: 'Model and speed' }).click();
  await size.selectOption('1024');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  // The previous result is still there, and cancelling is not an error.
  await expect(page.locator('[data-verdict]')).toBeVisible();
  await expect(page.locator('.notice')).toHaveCount(0);
  await size.selectOption('192');
  expect(Math.max(...Object.values((await matched(page)).inputSize.a))).toBe(192);
});

test('a worker that dies is replaced, with the photos and the match', async ({ page }) => {
  await showApp(page, START);
  // What the browser does when the worker's code throws where nothing catches it.
  await page.evaluate(() => {
    const { link } = (
      (window as unknown as AppWindow).liftMatch as unknown as { link: { link: { client: { worker: Worker } } } }
    ).link;
    link.client.worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
  });
  await expect(page.locator('.notice[data-code="engine-crashed"]')).toContainText('out of memory');
  const result = await matched(page);
  expect(result.verdict.kind).not.toBe('none');
  await page.mouse.move(...(await place(page, 0.25, 0.5)));
  await expect(readout(page)).toContainText('→');
});

ownPageTest('the theme follows the system, can be chosen, and is remembered', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/');
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await expect.poll(theme).toBe('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(theme).toBe('light');
  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  await page.reload();
  await expect.poll(theme).toBe('dark');
});

test('flicker stands still for people who prefer less motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await showApp(page, `${START}&view=compare&compare=flicker&amount=0`);
  const before = await stagePicture(page);
  await page.waitForTimeout(1300);
  expect(Buffer.compare(await stagePicture(page), before)).toBe(0);
  await page.getByRole('slider', { name: 'Shown: A or B' }).fill('1');
  expect(Buffer.compare(await stagePicture(page), before)).not.toBe(0);
});

ownPageTest('fits a phone: nothing wider than the screen, touch probes and pins', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await openApp(page, START);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  for (const tab of await page.getByRole('tab').all()) {
    await tab.tap();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  }
  await page.getByRole('tab', { name: /Matches/ }).tap();
  await page.touchscreen.tap(...(await place(page, 0.5, 0.25)));
  await expect(page.getByRole('list', { name: 'Pins' }).getByRole('listitem')).toHaveCount(1);
  await expect(readout(page)).toContainText('→');
  await context.close();
});

test('two photos fill both slots; a photo matches itself', async ({ page }) => {
  await showApp(page, START);
  const [first, second] = [sample('square/a.jpg'), sample('square/b.jpg')];
  await page.locator('input[data-picker=a]').setInputFiles([first, second]);
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { photos } = (window as unknown as AppWindow).liftMatch.store.getState();
        return [photos.a.photo?.source.kind, photos.b.photo?.source.kind];
      }),
    )
    .toEqual(['file', 'file']);
  await matched(page);
  await page.getByRole('button', { name: 'Remove photo B' }).click();
  await expect(page.locator('[data-slot="b"]')).toContainText('No photo yet');
  await page.locator('input[data-picker=b]').setInputFiles(first);
  await expect(page.locator('[data-slot="b"]')).toContainText('640 × 480');
  const { verdict } = await matched(page);
  expect(verdict.kind).toBe('good');
  expect(verdict.overlap.a).toBeGreaterThan(0.9);
});

test('a photo dropped on a picture replaces that one', async ({ page }) => {
  await showApp(page, START);
  const [x, y] = await place(page, 0.75, 0.5);
  await stage(page).evaluate(
    (element, { base64, clientX, clientY }) => {
      const transfer = new DataTransfer();
      transfer.items.add(
        new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'dropped.jpg', { type: 'image/jpeg' }),
      );
      for (const type of ['dragover', 'drop']) {
        element.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true, clientX, clientY }),
        );
      }
    },
    { base64: readFileSync(sample('still-life/a.jpg')).toString('base64'), clientX: x, clientY: y },
  );
  await expect(page.locator('[data-slot="b"]')).toContainText('dropped.jpg');
  await expect(page.locator('[data-slot="a"]')).toContainText('Kitchen table');
  expect((await matched(page)).verdict.overlap.a).toBeGreaterThan(0.9);
});

test('a copied link shows what is seen', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await showApp(page, `${START}&view=flow`);
  await page.getByRole('slider', { name: 'Certainty from' }).fill('0.2');
  await page.getByRole('button', { name: 'Copy a link to this view' }).click();
  await expect(page.locator('.notice[data-code="copied"]')).toBeVisible();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(link.origin).toBe(new URL(page.url()).origin);
  expect(Object.fromEntries(link.searchParams)).toEqual({
    view: 'flow',
    threshold: '0.2',
    ep: 'wasm',
    size: '160',
    rescue: '0',
  });
});
