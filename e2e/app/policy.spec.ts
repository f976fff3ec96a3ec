import { expect, type Page, test } from '@playwright/test';
import { openApp, watchErrors } from '../app.ts';

/** The strictest policy that the app works under, as README.md states it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob: https:",
  "connect-src 'self' https:",
  "worker-src 'self' blob:",
  // Only for the preview of a WebM animation.
  'media-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Serves every file with the policy, as a web server that is set up so. */
async function enforce(page: Page): Promise<void> {
  await page.context().route('**/*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': POLICY } });
  });
}

test('the app matches under a strict Content-Security-Policy', async ({ page }) => {
  const errors = watchErrors(page);
  await enforce(page);
  await openApp(page, '?sample=still-life&ep=wasm&size=128&rescue=0');
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  // A share file, and what needs a WebAssembly of its own.
  for (const format of [/Share file/, /COLMAP, database/]) {
    await dialog.getByRole('radio', { name: format }).check();
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await download;
  }
  errors.check();
  // The policy is in force: what it forbids does not happen.
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.inlineRan = true';
    document.body.append(script);
    return 'inlineRan' in window;
  });
  expect(ran).toBe(false);
});

test('so does an embed', async ({ page }) => {
  const errors = watchErrors(page);
  await enforce(page);
  await page.goto(
    'embed.html?a=samples/still-life/a.jpg&b=samples/still-life/b.jpg&ep=wasm&size=128&rescue=0&autorun=1',
  );
  await expect(page.locator('.verdict')).toContainText('These photos match', { timeout: 60_000 });
  errors.check();
});
