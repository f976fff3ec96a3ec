import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { CDPSession, Locator, Page } from '@playwright/test';
import { PNG } from 'pngjs';
import type { Expectation } from '../../scripts/odd-files/corpus.ts';
import { CANARY } from '../../scripts/odd-files/hostile-texts.ts';
import type { DenseField } from '../../src/core/match.ts';
import { layoutPanes } from '../../src/pages/match/contract/layout.ts';
import { photoRect, unitToStage, DEFAULT_CAMERA } from '../../src/core/viewer/zoom.ts';
import { matched, openApp, readField } from '../app.ts';

/**
 * Bad and odd input through the ways that a person has: choosing, dropping, pasting, an address. One page lives through
 * all of it, as a person's would: whatever is refused must leave the photos and the result before it alone.
 */
const FOLDER = fileURLToPath(new URL('../odd-files/', import.meta.url));
const CORPUS = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as (Expectation & { file: string })[];
const REFUSED = CORPUS.filter(({ outcome }) => outcome === 'refused');
const OPENED = CORPUS.filter(({ outcome }) => outcome === 'opened');

/** A pair that is matched before anything bad happens, small and on the CPU, where a match takes a second. */
const START = '?sample=still-life&ep=wasm&size=128&rescue=0&view=warp';

let page: Page;
let cdp: CDPSession;
const requests: string[] = [];
const surprises: string[] = [];

const slot = (side: 'a' | 'b') => page.locator(`[data-slot=${side}]`);
const verdict = () => page.locator('[data-verdict]');
const notice = (code: string) => page.locator(`.notice[data-code="${code}"]`);
const choose = (side: 'a' | 'b', paths: string | string[]) =>
  page.locator(`input[data-picker=${side}]`).setInputFiles(paths);

async function dismissAll(): Promise<void> {
  const buttons = page.locator('.notice').getByRole('button', { name: 'Dismiss' });
  while ((await buttons.count()) > 0) await buttons.first().click();
}

/** What the person has before them: photos, notes and verdict. */
const shown = async () => ({
  a: await slot('a').innerText(),
  b: await slot('b').innerText(),
  verdict: await verdict().innerText(),
});

/** The browser's own drag and drop, as from a file manager or another window. */
async function drop(
  target: Locator,
  data: { files?: string[]; items?: { mimeType: string; data: string }[] },
): Promise<void> {
  const box = (await target.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const drag = { items: data.items ?? [], files: data.files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, x, y, data: drag });
}

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  page.on('request', (request) => requests.push(request.url()));
  page.on('dialog', (dialog) => {
    surprises.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', () => surprises.push('popup'));
  page.on('pageerror', (error) => surprises.push(`error: ${error.message}`));
  page.on('crash', () => surprises.push('the page crashed'));
  cdp = await page.context().newCDPSession(page);
  await openApp(page, START);
});

test.afterEach(async () => {
  await dismissAll();
  expect(surprises).toEqual([]);
  expect(requests.filter((url) => url.includes(CANARY))).toEqual([]);
  expect(await page.title()).not.toContain('owned');
});

test.afterAll(() => page.close());

test.describe('refused', () => {
  for (const { file, code, messageIncludes } of REFUSED) {
    test(file, async () => {
      const before = await shown();
      await choose('a', join(FOLDER, file));
      await expect(notice(code!)).toBeVisible();
      const text = await notice(code!).innerText();
      for (const words of [`“${file}”`, ...messageIncludes]) expect(text).toContain(words);
      await expect(slot('a')).toHaveAttribute('aria-busy', 'false');
      expect(await shown()).toEqual(before);
    });
  }

  test('a refused photo does not touch the picture on the stage', async () => {
    const stage = page.locator('#stage canvas').first();
    const before = await stage.screenshot();
    await choose('b', join(FOLDER, 'script.svg'));
    await expect(notice('format-unsupported')).toBeVisible();
    await dismissAll();
    expect(Buffer.compare(await stage.screenshot(), before)).toBe(0);
  });
});

test.describe('dropped and pasted', () => {
  test('a file that was renamed, by drag and drop', async () => {
    const before = await shown();
    await drop(slot('b'), { files: [join(FOLDER, 'page.jpg')] });
    await expect(notice('not-a-photo')).toContainText('“page.jpg” is a web page');
    expect(await shown()).toEqual(before);
  });

  test('a folder', async () => {
    const before = await shown();
    const folder = mkdtempSync(join(tmpdir(), 'holiday-'));
    writeFileSync(join(folder, 'a.jpg'), readFileSync(join(FOLDER, 'orientation-1.jpg')));
    await drop(slot('a'), { files: [folder] });
    await expect(notice('drop-folder')).toContainText('holiday-');
    await expect(notice('drop-folder')).toContainText('is a folder');
    expect(await shown()).toEqual(before);
    rmSync(folder, { recursive: true });
  });

  test('ten files at once', async () => {
    const before = await shown();
    await drop(page.locator('#stage'), { files: OPENED.slice(0, 10).map(({ file }) => join(FOLDER, file)) });
    await expect(notice('drop-too-many')).toContainText('10 files');
    expect(await shown()).toEqual(before);
  });

  test('a selection of text', async () => {
    const before = await shown();
    await drop(page.locator('#stage'), {
      items: [{ mimeType: 'text/plain', data: 'To be, or not to be,\nthat is the question' }],
    });
    await expect(notice('drop-text')).toContainText('not a photo');
    expect(await shown()).toEqual(before);
  });

  test('a script as an address', async () => {
    const before = await shown();
    await drop(page.locator('#stage'), {
      items: [{ mimeType: 'text/plain', data: `javascript:fetch('${CANARY}/address')` }],
    });
    await expect(notice('drop-text')).toContainText('not a photo');
    expect(await shown()).toEqual(before);
  });

  test('a pasted text', async () => {
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'just words');
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await expect(notice('drop-text')).toContainText('not a photo');
  });
});

test.describe('addresses', () => {
  let server: Server;
  let origin: string;

  test.beforeAll(async () => {
    server = createServer((request, response) => {
      response.setHeader('content-type', 'image/jpeg');
      if (request.url?.startsWith('/open')) response.setHeader('access-control-allow-origin', '*');
      if (request.url?.endsWith('missing.jpg')) response.statusCode = 404;
      response.end(readFileSync(join(FOLDER, 'orientation-1.jpg')));
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });

  test.afterAll(() => new Promise((resolve) => server.close(resolve)));

  const dropAddress = (address: string) => drop(slot('b'), { items: [{ mimeType: 'text/uri-list', data: address }] });

  test('a picture of another site that does not let pages read it (no CORS)', async () => {
    const before = await shown();
    await dropAddress(`${origin}/closed/castle.jpg`);
    await expect(notice('photo-unreachable')).toContainText('“castle.jpg”');
    await expect(notice('photo-unreachable')).toContainText('CORS');
    await expect(notice('photo-unreachable')).toContainText('Save the photo and drop the file here');
    expect(await shown()).toEqual(before);
  });

  test('a picture that is not there', async () => {
    const before = await shown();
    await dropAddress(`${origin}/open/missing.jpg`);
    await expect(notice('photo-http')).toContainText('404');
    expect(await shown()).toEqual(before);
  });

  test('a picture of another site that does', async () => {
    await dropAddress(`${origin}/open/castle.jpg`);
    await expect(slot('b')).toContainText('castle.jpg');
    await matched(page);
    await expect(verdict()).toBeVisible();
    await expect(page.locator('.notice')).toHaveCount(0);
  });
});

test.describe('opened', () => {
  test.beforeAll(async () => {
    await choose('b', join(FOLDER, 'opaque-alpha.png'));
    await expect(slot('b')).toContainText('opaque-alpha.png');
  });

  for (const { file, size, messageIncludes, quadrants } of OPENED) {
    test(file, async () => {
      await choose('a', join(FOLDER, file));
      await expect(slot('a')).toContainText(file);
      await expect(slot('a')).toHaveAttribute('aria-busy', 'false');
      await expect(slot('a')).toContainText(`${size!.width} × ${size!.height}`);
      for (const words of messageIncludes) await expect(slot('a')).toContainText(words);
      const { verdict: found } = await matched(page);
      await expect(verdict()).toBeVisible();
      await expect(page.locator('.notice')).toHaveCount(0);
      if (!quadrants) return;
      expect(await quadrantColours(size!)).toEqual(['red', 'green', 'blue', 'yellow']);
      // B holds the same picture: the match is the identity.
      expect(found.kind).toBe('good');
      expect(medianShift(await readField(page, 'a'))).toBeLessThan(0.01);
    });
  }
});

/** Median distance from the identity where the match is certain, as a share of the width; 1 if nothing is certain. */
function medianShift({ grid: { width, height }, warp, certainty }: DenseField): number {
  const shifts = [...certainty.keys()]
    .filter((p) => certainty[p] > 0.5)
    .map((p) => {
      const dx = warp[p] - ((2 * (p % width) + 1) / width - 1);
      const dy = warp[width * height + p] - ((2 * Math.floor(p / width) + 1) / height - 1);
      return Math.hypot(dx / 2, (dy / 2) * (height / width));
    })
    .sort((a, b) => a - b);
  return shifts.length > 0 ? shifts[shifts.length >> 1] : 1;
}

/** The colours at the middles of photo A's quadrants as the stage shows it, row by row. */
async function quadrantColours(size: { width: number; height: number }): Promise<string[]> {
  const stage = page.locator('#stage canvas').first();
  const { data, width, height } = PNG.sync.read(await stage.screenshot());
  const panes = layoutPanes('warp', { width, height }, { a: size, b: { width: 160, height: 120 } });
  const pane = panes.find(({ side, kind }) => side === 'a' && kind === 'photo')!;
  const rect = photoRect(pane, size, DEFAULT_CAMERA);
  return [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ].map(([x, y]) => {
    const at = unitToStage({ x, y }, rect);
    const p = 4 * (Math.round(at.y) * width + Math.round(at.x));
    return nameOf(data[p], data[p + 1], data[p + 2]);
  });
}

function nameOf(r: number, g: number, b: number): string {
  if (r > 150 && g > 130 && b < 130) return 'yellow';
  if (r > g + 60 && r > b + 60) return 'red';
  if (g > r + 40 && g > b + 40) return 'green';
  return b > r + 60 && b > g + 40 ? 'blue' : `rgb(${r}, ${g}, ${b})`;
}
