import { expect, type Page, test } from '@playwright/test';
import { type AppWindow, matched, watchErrors } from '../app.ts';
import { StaticSite } from './static-site.ts';

test.use({ serviceWorkers: 'allow' });

let site: StaticSite;
test.beforeEach(async () => {
  site = await StaticSite.open();
});
test.afterEach(() => site.close());

const QUERY = '?sample=still-life&ep=wasm&size=128&rescue=0';

/** Opens the panel's section and waits until everything that was used is kept. */
async function kept(page: Page): Promise<void> {
  const section = page.locator('details', { hasText: 'Offline and threads' });
  await expect(section.locator('summary')).toContainText('ready');
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const used = await (await caches.open('liftmatch-offline')).keys();
        return ['.wasm', 'manifest.json', 'a.jpg'].every((end) => used.some(({ url }) => url.endsWith(end)));
      }),
    )
    .toBe(true);
}

test('a visited app matches again without its server, from a folder of a site', async ({ page }) => {
  await page.goto(`${site.url}${QUERY}`);
  await matched(page);
  await kept(page);
  site.close();
  const errors = watchErrors(page);
  await page.reload();
  const { verdict } = await matched(page);
  expect(verdict.kind).not.toBe('none');
  errors.check();
});

test('the service worker gives the runtime its threads, and takes them away', async ({ page }) => {
  await page.goto(`${site.url}${QUERY}`);
  await matched(page);
  const threads = () =>
    page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().engine.info?.threads);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  expect(await threads()).toBe(1);
  const section = page.locator('details', { hasText: 'Offline and threads' });
  const toggle = async () => {
    await expect(section.locator('summary')).toContainText('ready');
    await section.locator('summary').click();
    const reloaded = page.waitForEvent('load');
    await section.getByText('Several processor threads').click();
    await reloaded;
    await matched(page);
  };
  await toggle();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await threads()).toBeGreaterThan(1);
  await toggle();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);

  // Whoever wants nothing kept has nothing kept, now and after a reload.
  const kept = () =>
    page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.includes('offline'));
      return [...names, ...(await navigator.serviceWorker.getRegistrations())].length;
    });
  await expect(section.locator('summary')).toContainText('ready');
  await section.locator('summary').click();
  await section.getByRole('button', { name: 'Keep nothing for offline use' }).click();
  await expect(section.locator('summary')).toContainText('off');
  await page.reload();
  await matched(page);
  await expect(section.locator('summary')).toContainText('off');
  expect(await kept()).toBe(0);
});
