import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { openApp, sample } from '../app.ts';
import { test } from '../one-page.ts';
import { embedFrame, type EmbedWindow, HostSite, iframe, tell, told } from './host-page.ts';

/** A pair and a size that two cores match in a second. */
const PAIR = 'a=samples/still-life/a.jpg&b=samples/still-life/b.jpg&ep=wasm&size=128&rescue=0';

let host: HostSite;
test.beforeEach(async () => {
  host = await HostSite.open();
});
test.afterEach(() => host.close());

const embedUrl = (base: string, query: string) => new URL(`embed.html?${query}`, base).href;
const allowed = () => `origin=${encodeURIComponent(host.origin)}`;

/** What the page and its frames ask for that is heavy. */
function watchDownloads(page: Page): string[] {
  const heavy: string[] = [];
  page.on('request', (request) => {
    if (/\.wasm|\.onnx|\/ort\.|\/worker-(?!client|link)|manifest\.json/.test(request.url())) heavy.push(request.url());
  });
  return heavy;
}

test('a poster at first; engine and model only after a click', async ({ page, baseURL }) => {
  const heavy = watchDownloads(page);
  const flight = 'view=fly&fly.at=0.5&fit.fova=48&fit.fovb=50';
  await page.goto(host.page('/', [iframe(embedUrl(baseURL!, `${PAIR}&${flight}&${allowed()}`))]));
  const frame = await embedFrame(page);
  await told(page, { type: 'ready', liftmatch: 1 });
  await expect(frame.getByRole('button', { name: 'Match these photos' })).toBeVisible();
  await expect
    .poll(() =>
      frame
        .locator('img')
        .evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0)),
    )
    .toBe(true);
  expect(heavy).toEqual([]);
  // Two 4:3 photos beside each other: about three eighths of the width.
  const { width, height } = (await told(page, { type: 'size' })) as { width: number; height: number };
  expect(height / width).toBeGreaterThan(0.3);
  expect(height / width).toBeLessThan(0.5);
  await frame.getByRole('button', { name: 'Match these photos' }).click();
  expect(await told(page, { type: 'result', kind: 'match' })).toMatchObject({
    result: { provider: 'wasm', verdict: { kind: /good|partial/ } },
  });
  await told(page, { type: 'progress', stage: 'decode' });
  await expect(frame.locator('.verdict')).toContainText('These photos match');
  expect(heavy.length).toBeGreaterThan(2);
  // What is shown then is what its address asks for: the flight between them.
  await expect(frame.getByRole('toolbar', { name: 'Flight' })).toBeVisible({ timeout: 30_000 });
  await expect(frame.getByRole('toolbar', { name: 'Flight' }).getByRole('slider')).toHaveValue('0.5');
});

test('a host loads, runs, sets and exports by messages', async ({ page, baseURL }) => {
  await page.goto(host.page('/', [iframe(embedUrl(baseURL!, `ep=wasm&size=128&rescue=0&controls=0&${allowed()}`))]));
  const frame = await embedFrame(page);
  await tell(page, {
    liftmatch: 1,
    type: 'load',
    id: 'l',
    a: 'samples/still-life/a.jpg',
    b: 'samples/still-life/b.jpg',
  });
  await told(page, { type: 'result', kind: 'done', replyTo: 'l' });
  await tell(page, { liftmatch: 1, type: 'run', id: 'r' });
  await told(page, { type: 'result', kind: 'match' });
  await expect(frame.locator('.tabs')).toHaveCount(0);
  await tell(page, { liftmatch: 1, type: 'set', id: 's', options: { view: 'flow', controls: true, theme: 'dark' } });
  await told(page, { type: 'result', kind: 'done', replyTo: 's' });
  await expect(frame.getByRole('tab', { name: /Flow/ })).toHaveAttribute('aria-selected', 'true');
  await expect(frame.locator('.embed')).toHaveAttribute('data-theme', 'dark');
  await tell(page, { liftmatch: 1, type: 'export', id: 7, format: 'csv' });
  const file = await told(page, { type: 'result', kind: 'export', replyTo: 7 });
  expect(file).toMatchObject({ name: 'a-b-matches.csv' });
  expect(file.bytes).toBeGreaterThan(500);
  await tell(page, { liftmatch: 1, type: 'load', id: 'bad', a: 'ftp://nowhere/x.jpg' });
  expect(await told(page, { type: 'error', replyTo: 'bad' })).toMatchObject({ code: 'photo-address', remedy: /https/ });
});

test('a hostile host gets nowhere: another origin, floods, malformed messages', async ({ page, baseURL }) => {
  await page.goto(
    host.page('/', [
      iframe(embedUrl(baseURL!, `${PAIR}&origin=https://friend.example`)),
      iframe(embedUrl(baseURL!, `${PAIR}&${allowed()}`)),
    ]),
  );
  const [stranger, friend] = [await embedFrame(page, 0), await embedFrame(page, 1)];
  const ignored = (frame: typeof stranger) =>
    frame.evaluate(() => (window as unknown as EmbedWindow).liftMatchEmbed.host.ignored);
  await told(page, { type: 'ready' }, 1);

  await tell(page, { liftmatch: 1, type: 'run' }, 0);
  await expect.poll(() => ignored(stranger)).toMatchObject({ origin: 1 });
  await expect(stranger.locator('.embed')).toHaveAttribute('data-active', 'false');

  const malformed = [
    { liftmatch: 2, type: 'run' },
    { liftmatch: 1 },
    { liftmatch: 1, type: 'load' },
    { liftmatch: 1, type: 'load', a: 7 },
    { liftmatch: 1, type: 'set', options: 'view=flow' },
    { liftmatch: 1, type: 'export', format: 'exe' },
    { liftmatch: 1, type: 'export', format: 'figure', scale: 1e9 },
  ];
  for (const message of malformed) await tell(page, message, 1);
  for (const message of ['text', null, 7, { type: 'run' }, { liftmatch: 1, type: 'selfDestruct' }])
    await tell(page, message, 1);
  await expect.poll(() => ignored(friend)).toMatchObject({ malformed: malformed.length, unknown: 5 });
  await page.evaluate(() => {
    const target = document.querySelectorAll('iframe')[1].contentWindow!;
    for (let i = 0; i < 5000; i++)
      target.postMessage({ liftmatch: 1, type: 'set', options: { view: i % 2 ? 'flow' : 'warp' } }, '*');
  });
  await expect.poll(async () => (await ignored(friend)).flood).toBeGreaterThan(4800);
  await expect(friend.locator('.embed')).toHaveAttribute('data-active', 'false');
  // It still works, and the stranger was told nothing at all.
  await friend.getByRole('button', { name: 'Match these photos' }).click();
  await told(page, { type: 'result', kind: 'match' }, 1);
  expect(
    await page.evaluate(
      () => (window as never as { messages: { from: number }[] }).messages.filter(({ from }) => from === 0).length,
    ),
  ).toBe(0);
});

test('works in a sandbox without an origin, where nothing can be stored', async ({ page, baseURL }) => {
  await page.goto(
    host.page('/', [iframe(embedUrl(baseURL!, `${PAIR}&autorun=1&${allowed()}`), 'sandbox="allow-scripts"')]),
  );
  const result = await told(page, { type: 'result', kind: 'match' });
  expect(result).toMatchObject({ result: { verdict: { kind: /good|partial/ } } });
  const frame = await embedFrame(page);
  expect(await frame.evaluate(() => window.origin)).toBe('null');
});

test('two embeds on one page both work and share nothing', async ({ page, baseURL }) => {
  const other = 'a=samples/facade/a.jpg&b=samples/facade/b.jpg&ep=wasm&size=128&rescue=0';
  await page.goto(
    host.page('/', [
      iframe(embedUrl(baseURL!, `${PAIR}&autorun=1&theme=dark&view=warp&${allowed()}`)),
      iframe(embedUrl(baseURL!, `${other}&autorun=1&theme=light&view=flow&${allowed()}`)),
    ]),
  );
  await page.setViewportSize({ width: 1400, height: 900 });
  await Promise.all([
    told(page, { type: 'result', kind: 'match' }, 0),
    told(page, { type: 'result', kind: 'match' }, 1),
  ]);
  const [first, second] = [await embedFrame(page, 0), await embedFrame(page, 1)];
  await expect(first.locator('.embed')).toHaveAttribute('data-theme', 'dark');
  await expect(second.locator('.embed')).toHaveAttribute('data-theme', 'light');
  await expect(first.getByRole('tab', { name: /Warp/ })).toHaveAttribute('aria-selected', 'true');
  await expect(second.getByRole('tab', { name: /Flow/ })).toHaveAttribute('aria-selected', 'true');
  const stored = (frame: typeof first) =>
    frame.evaluate(() => {
      try {
        return localStorage.length;
      } catch {
        // The browser gives third-party frames no storage at all.
        return 0;
      }
    });
  expect([await stored(first), await stored(second)]).toEqual([0, 0]);
});

test('a share file’s picture is the poster, and its match opens without runtime or model', async ({
  page,
  baseURL,
}) => {
  await openApp(page, '?sample=still-life&ep=wasm&size=160&rescue=0&view=warp');
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  host.files.set('/match.zip', { type: 'application/zip', body: readFileSync(await (await download).path()) });

  const heavy = watchDownloads(page);
  await page.goto(host.page('/', [iframe(embedUrl(baseURL!, `share=${host.origin}/match.zip&${allowed()}`))]));
  const frame = await embedFrame(page);
  const poster = frame.getByRole('img', { name: 'A match of two photos' });
  await expect.poll(() => poster.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(300);
  expect(heavy).toEqual([]);
  await frame.getByRole('button', { name: 'Open this match' }).click();
  await told(page, { type: 'result', kind: 'match' });
  await expect(frame.getByRole('tab', { name: /Warp/ })).toHaveAttribute('aria-selected', 'true');
  expect(heavy.filter((url) => !/\/worker-/.test(url))).toEqual([]);
});

test('<lift-match> on a page of another origin, without a frame', async ({ page, baseURL }) => {
  for (const side of ['a', 'b'])
    host.files.set(`/${side}.jpg`, { type: 'image/jpeg', body: readFileSync(sample(`still-life/${side}.jpg`)) });
  const body = `<!doctype html><title>Host</title>
    <script type="module" src="${baseURL}lift-match.js"></script>
    <lift-match a="a.jpg" b="b.jpg" ep="wasm" size="128" rescue="0" view="matches"></lift-match>
    <script>addEventListener('liftmatch-result', ({ detail }) => { window.result = detail; });</script>`;
  host.files.set('/', { type: 'text/html', body });
  await page.goto(`${host.origin}/`);
  await page.getByRole('button', { name: 'Match these photos' }).click();
  await page.waitForFunction(() => 'result' in window, null, { timeout: 90_000, polling: 50 });
  await expect(page.locator('lift-match .verdict')).toContainText('These photos match');
  await page.locator('lift-match').evaluate((element) => element.setAttribute('view', 'certainty'));
  await expect(page.getByRole('tab', { name: /Certainty/ })).toHaveAttribute('aria-selected', 'true');
  const bytes = await page.locator('lift-match').evaluate(async (element) => {
    const { blob } = await (element as HTMLElement & { export: (format: string) => Promise<{ blob: Blob }> }).export(
      'csv',
    );
    return blob.size;
  });
  expect(bytes).toBeGreaterThan(500);

  // The same by a call, from files, and as high as its photos.
  const made = await page.evaluate(async (module) => {
    const { create } = (await import(module)) as typeof import('../../src/embed/lift-match.ts');
    const [a, b] = await Promise.all(['a.jpg', 'b.jpg'].map(async (url) => (await fetch(url)).blob()));
    const sized = new Promise<void>((done) => addEventListener('liftmatch-size', () => done(), { once: true }));
    const element = create(document.body, { a, b, height: 'auto', parameters: { ep: 'wasm', size: '128' } });
    await sized;
    const { width, height } = element.getBoundingClientRect();
    element.remove();
    return { ratio: height / width, shown: element.shadowRoot!.querySelectorAll('.poster img').length };
  }, `${baseURL}lift-match.js`);
  expect(made.shown).toBe(2);
  expect(made.ratio).toBeGreaterThan(0.25);
  expect(made.ratio).toBeLessThan(0.6);
});

test('the Embed dialog writes HTML that works in another page', async ({ page }) => {
  await openApp(page, '?sample=still-life&ep=wasm&size=128&rescue=0&view=flow');
  await page.getByRole('button', { name: 'Embed this match' }).click();
  const dialog = page.getByRole('dialog', { name: 'Embed' });
  await dialog.getByText('Start by itself when seen').click();
  const html = await dialog.getByRole('textbox', { name: 'HTML for your page' }).inputValue();
  expect(html).toContain('<iframe');
  await page.goto(host.page('/', [html]));
  const frame = await embedFrame(page);
  await expect(frame.locator('.verdict')).toContainText('These photos match', { timeout: 60_000 });
  await expect(frame.getByRole('tab', { name: /Flow/ })).toHaveAttribute('aria-selected', 'true');
});

test('the page that documents the messages shows them live', async ({ page }) => {
  await page.goto('embedding.html');
  const log = page.getByRole('list', { name: 'Messages' });
  await expect(log).toContainText('"type":"ready"');
  await page.getByRole('button', { name: '"view":"flow"' }).click();
  await expect(log).toContainText('← {"liftmatch":1,"type":"result","kind":"done","replyTo":2}');
  await expect(page.frameLocator('iframe').locator('.embed')).toHaveAttribute('data-theme', 'dark');
});
