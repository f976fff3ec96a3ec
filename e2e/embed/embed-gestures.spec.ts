import { readFileSync } from 'node:fs';
import { type CDPSession, expect, type Page, test } from '@playwright/test';
import { sample } from '../app.ts';
import { HostSite } from './host-page.ts';

let host: HostSite;
test.beforeAll(async () => {
  host = await HostSite.open();
  for (const side of ['a', 'b'])
    host.files.set(`/${side}.jpg`, { type: 'image/jpeg', body: readFileSync(sample(`still-life/${side}.jpg`)) });
});
test.afterAll(() => host.close());

/** A long page with the element in it, matched and unzoomed; `style` is that of the box around it. */
async function openHost(page: Page, baseURL: string, style = '', view = 'compare'): Promise<void> {
  const body = `<!doctype html><title>Host</title><style>body { margin: 0; height: 5000px }</style>
    <div style="height: 60px"></div>
    <div style="position: relative; width: 500px; margin-left: 60px; ${style}">
      <lift-match a="a.jpg" b="b.jpg" ep="wasm" size="128" rescue="0" view="${view}"></lift-match>
    </div>
    <script type="module" src="${baseURL}lift-match.js"></script>
    <script>addEventListener('liftmatch-result', () => { window.matched = true; });</script>`;
  host.files.set('/', { type: 'text/html', body });
  await page.goto(`${host.origin}/`);
  await page.getByRole('button', { name: 'Match these photos' }).evaluate((button: HTMLElement) => button.click());
  await page.waitForFunction(() => 'matched' in window, null, { timeout: 90_000, polling: 50 });
  await page.locator('lift-match .stage').waitFor();
}

const centreOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    });
const scrolled = (page: Page) => page.evaluate(() => window.scrollY);
/** A finger that moves over the page, in steps as a hand does. */
async function swipe(session: CDPSession, from: { x: number; y: number }, dx: number, dy: number): Promise<void> {
  const STEPS = 12;
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: from.x + dx * share, y: from.y + dy * share, id: 1 }],
    });
  await touch('touchStart', 0);
  for (let i = 1; i <= STEPS; i++) {
    await touch('touchMove', i / STEPS);
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  await touch('touchEnd', 1);
}

test('unzoomed, wheel and thumb scroll the host; Ctrl and the wheel zoom, and a finger sideways moves the divider', async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 640, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await openHost(page, baseURL!);
  const stage = await centreOf(page, 'lift-match .stage');

  await page.mouse.move(stage.x, stage.y);
  await page.mouse.wheel(0, 200);
  await expect.poll(() => scrolled(page)).toBeGreaterThanOrEqual(160);
  await page.evaluate(() => window.scrollTo(0, 0));

  await swipe(session, { x: stage.x, y: stage.y + 60 }, 0, -200);
  await expect.poll(() => scrolled(page)).toBeGreaterThanOrEqual(0.8 * 200);
  // A finger leaves the page rolling for a moment.
  await page.waitForTimeout(1000);
  await page.evaluate(() => window.scrollTo(0, 0));

  const handle = () => page.locator('lift-match .swipe-handle');
  const amount = async () => Number(await handle().getAttribute('aria-valuenow'));
  const before = await amount();
  await swipe(session, { x: stage.x - 60, y: stage.y + 60 }, 90, 0);
  await expect.poll(amount).toBeGreaterThan(before + 10);
  expect(await scrolled(page)).toBe(0);

  await page.keyboard.down('Control');
  await page.mouse.move(stage.x, stage.y);
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expect(page.locator('lift-match .stage[data-yields-scroll]')).toHaveCount(0);
  expect(await scrolled(page)).toBe(0);
  await context.close();
});

/** Ways that pages scale and turn what they show. */
const STYLES = ['zoom: 1.6', 'transform: scale(0.7); transform-origin: 0 0', 'transform: rotate(14deg) scale(0.8)'];

test('a pin and the divider are where the pointer is, through zoom, scale and rotation', async ({ page, baseURL }) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const style of STYLES) {
    await openHost(page, baseURL!, style, 'matches');
    const stage = await centreOf(page, 'lift-match .stage');
    for (const [dx, dy] of [
      [-90, -25],
      [70, 20],
    ]) {
      await page.mouse.click(stage.x + dx, stage.y + dy);
      const pin = page.locator('lift-match .marker-from').first();
      await pin.waitFor({ state: 'attached' });
      const marks = await page.locator('lift-match .marker-from').evaluateAll((found) =>
        found.map((mark) => {
          const at = (mark as SVGGElement).getScreenCTM()!;
          return { x: at.e, y: at.f };
        }),
      );
      const nearest = Math.min(...marks.map(({ x, y }) => Math.hypot(x - stage.x - dx, y - stage.y - dy)));
      expect(nearest, `${style}: pin`).toBeLessThan(1);
    }
    await page.locator('lift-match').evaluate((element) => element.setAttribute('view', 'compare'));
    const handle = 'lift-match .swipe-handle';
    await page.locator(handle).waitFor();
    const from = await centreOf(page, handle);
    // Along the element's own x, which may be turned.
    const turn = style.includes('rotate') ? (14 * Math.PI) / 180 : 0;
    const to = { x: from.x + 70 * Math.cos(turn), y: from.y + 70 * Math.sin(turn) };
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
    const now = await centreOf(page, handle);
    expect(Math.hypot(now.x - to.x, now.y - to.y), `${style}: divider`).toBeLessThan(2);
  }
});
