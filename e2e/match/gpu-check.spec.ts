import { expect, test } from '@playwright/test';
import { type AppWindow, matched, openApp, sample } from '../app.ts';

/** Another machine's truth: every float32 of a reference in base64, times 1.1. */
function timesTenPercent(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE(1.1 * bytes.readFloatLE(at), at);
  return bytes.toString('base64');
}

test('a GPU whose outputs differ from the reference: matched on the CPU, said why, and tried again on request', async ({
  page,
}) => {
  test.slow();
  // As far as the check can see, a reference that is 10 % off is a GPU that is 10 % off.
  await page.route('**/models/embedded/manifest.json', async (route) => {
    const response = await route.fetch();
    const manifest = await response.json();
    manifest.check.warp = timesTenPercent(manifest.check.warp);
    await route.fulfill({ response, json: manifest });
  });
  await openApp(page, '?sample=facade&size=128&rescue=0&ep=webgpu');
  const onCpu = await matched(page);
  expect(onCpu.provider).toBe('wasm');
  expect(onCpu.verdict.kind).not.toBe('none');
  const adapter = await page.evaluate(
    () => (window as unknown as AppWindow).liftMatch.store.getState().engine.info!.adapter,
  );
  const note = page.locator('[data-note="gpu-check"]');
  await expect(note).toContainText(`the GPU (${adapter}) computes this one wrongly`);
  await expect(note).toContainText(/places differ from the stored reference by 0\.\d+/);
  await expect(page.locator('.notices')).toContainText('computes “Small lifted matcher” wrongly');

  // Remembered: the next visit begins on the CPU, with no failed match and so no notice.
  await openApp(page, '?sample=facade&size=128&rescue=0&ep=webgpu');
  expect((await matched(page)).provider).toBe('wasm');
  await expect(note).toBeVisible();
  await expect(page.locator('.notices')).not.toContainText('wrongly');

  // So it is for the module that other code imports, which remembers nothing.
  const module = await page.evaluate(async (address) => {
    const { createMatcher } = (await import(address)) as typeof import('../../src/api/matcher.ts');
    const { provider, providerReason } = await createMatcher({ provider: 'webgpu' });
    return { provider, providerReason };
  }, new URL('matcher.js', page.url()).href);
  expect(module).toMatchObject({ provider: 'wasm' });
  expect(module.providerReason).toContain(`the GPU (${adapter}) computes this one wrongly`);
  // And for sets, which know of it already.
  await page.goto('/?page=set&ep=webgpu&size=128');
  await page.locator('input[data-picker=set]').setInputFiles([sample('facade/a.jpg'), sample('facade/b.jpg')]);
  const run = page.getByRole('region', { name: 'Matching' });
  await run.getByRole('button', { name: 'Match all pairs' }).click();
  await expect(run).toContainText(`the GPU (${adapter}) computes this one wrongly`);
  await expect(run).toHaveAttribute('data-done', '1', { timeout: 60_000 });
  await openApp(page, '?sample=facade&size=128&rescue=0&ep=webgpu');

  // As a model that was converted in the page, this one comes without a reference: WASM records it, and the GPU is right.
  await page.unroute('**/models/embedded/manifest.json');
  await page.route('**/models/embedded/manifest.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), check: undefined } });
  });
  await note.getByRole('button', { name: 'Try the GPU again' }).click();
  await expect(note).toBeHidden();
  await page.waitForFunction(
    () => {
      const { info } = (window as unknown as AppWindow).liftMatch.store.getState().engine;
      return info?.check?.verdict === 'right' && info.provider === 'webgpu';
    },
    null,
    { timeout: 90_000 },
  );
  const { key } = await page.evaluate(
    () => (window as unknown as AppWindow).liftMatch.store.getState().engine.info!.check!,
  );
  expect(key).toMatch(/ \/ reference$/);
});
