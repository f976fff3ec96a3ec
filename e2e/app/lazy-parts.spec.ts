import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, type Route, test } from '@playwright/test';
import { type AppWindow, openApp } from '../app.ts';

/** Parts of the page that the build loads when they are needed, read from the build itself. */
const MANIFEST = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../dist/.vite/manifest.json', import.meta.url)), 'utf8'),
) as Record<string, { file: string; isDynamicEntry?: boolean }>;
// What formats of exports load is loaded by the worker that writes them; serve-calls.test.ts has the words of those.
const isOfWorkers = (source: string) => source.startsWith('src/formats/') || source.includes('/worker/');
const PARTS = Object.entries(MANIFEST).filter(([source, { isDynamicEntry }]) => isDynamicEntry && !isOfWorkers(source));

interface Way {
  /** What the message calls it. */
  name: string;
  /** What a person does to get there. */
  open: (page: Page) => Promise<unknown>;
  /** What is there once it is. */
  shown: string;
  close?: (page: Page) => Promise<unknown>;
}

const closeDialog = (page: Page) => page.keyboard.press('Escape');
const toMatch = (page: Page) => page.getByRole('button', { name: 'Match', exact: true }).click();

/** How each is reached. A new one fails the first test until its way stands here. */
const WAYS: Record<string, Way | 'with another part'> = {
  'src/pages/compare/ui/compare-workspace.tsx': {
    name: 'Compare',
    open: (page) => page.getByRole('button', { name: 'Compare', exact: true }).click(),
    shown: '.compare-main',
    close: toMatch,
  },
  'src/pages/compare/state/open-compare.ts': 'with another part',
  'src/pages/scene/state/open-scene.ts': 'with another part',
  // Of the package, not of a page: package.spec.ts.
  'src/api/matcher.ts': 'with another part',
  'src/pages/lift/ui/lift-workspace.tsx': {
    name: 'Lift',
    open: (page) => page.getByRole('button', { name: 'Lift', exact: true }).click(),
    shown: '.lift-main',
    close: toMatch,
  },
  'src/pages/scene/ui/scene-workspace.tsx': {
    name: 'Scene',
    open: (page) => page.getByRole('button', { name: 'Scene', exact: true }).click(),
    shown: '.scene-surface',
    close: toMatch,
  },
  'src/pages/set/ui/set-workspace.tsx': {
    name: 'Set',
    open: (page) => page.getByRole('button', { name: 'Set', exact: true }).click(),
    shown: '.set-gallery',
    close: toMatch,
  },
  'src/pages/match/ui/export/embed-dialog.tsx': {
    name: 'Embed',
    open: (page) => page.getByRole('button', { name: 'Embed this match in a page' }).click(),
    shown: 'dialog .snippet',
    close: closeDialog,
  },
  'src/pages/match/ui/export/export-dialog.tsx': {
    name: 'Export',
    open: (page) => page.getByRole('button', { name: 'Export', exact: true }).click(),
    shown: 'dialog .formats',
    close: closeDialog,
  },
  'src/pages/match/ui/batch/batch-dialog.tsx': {
    name: 'Many pairs',
    open: async (page) => {
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByRole('button', { name: /Many pairs/ }).click();
    },
    shown: '.batch-dialog',
    close: closeDialog,
  },
  'src/pages/match/ui/points/points-dialog.tsx': {
    name: 'Chosen points',
    open: async (page) => {
      const button = page.getByRole('button', { name: 'Match a list of points' });
      if (!(await button.isVisible())) await page.getByText('Chosen points', { exact: true }).click();
      await button.click();
    },
    shown: 'dialog textarea',
    close: closeDialog,
  },
  'src/pages/match/ui/panel/benchmark-dialog.tsx': {
    name: 'Measure',
    open: async (page) => {
      const button = page.getByRole('button', { name: 'Measure this machine' });
      if (!(await button.isVisible())) await page.getByText('Timing', { exact: true }).click();
      await button.click();
    },
    shown: '.benchmark-dialog',
    close: closeDialog,
  },
  'src/pages/models/ui/models-dialog.tsx': {
    name: 'Models',
    open: (page) => page.getByRole('button', { name: 'Models', exact: true }).click(),
    shown: '.models-dialog',
    close: closeDialog,
  },
  'src/pages/match/views/fly/cover.tsx': {
    name: 'Fly',
    open: (page) => page.getByRole('tab', { name: /Fly/ }).click(),
    shown: '.fly-note, .fly-bar',
    close: (page) => page.getByRole('tab', { name: /Matches/ }).click(),
  },
  'src/pages/match/views/fly/controls.tsx': 'with another part',
  'src/pages/match/ui/masks/masks-panel.tsx': {
    name: 'Masks',
    open: (page) => page.locator('summary', { hasText: /^Masks/ }).click(),
    shown: '.mask-row',
  },
  'src/pages/match/ui/live/live-panel.tsx': {
    name: 'Live',
    open: (page) => page.locator('summary', { hasText: /^Live/ }).click(),
    shown: 'button:has-text("Video file…")',
  },
  // With the first mask; what fails there is a notice of its own.
  'src/pages/match/state/masks/mask-keeper.ts': 'with another part',
  'src/pages/match/ui/geometry/geometry-panel.tsx': {
    name: 'Geometry',
    open: (page) => page.locator('details.geometry > summary').click(),
    shown: 'details.geometry .section-body > .hint',
  },
  'src/pages/match/ui/geometry/epipolar-lines.tsx': {
    name: 'Epipolar lines',
    open: (page) => page.locator('details.geometry').getByText('F matrix', { exact: true }).click(),
    shown: '[data-epipolar]',
  },
  'src/pages/match/ui/geometry/cloud-dialog.tsx': {
    name: 'Points in space',
    open: async (page) => {
      await page.locator('details.geometry').getByText('E matrix', { exact: true }).click();
      await page.getByRole('button', { name: /^Make points/ }).click();
      await page.getByRole('button', { name: 'View in 3-D' }).click();
    },
    shown: 'dialog canvas',
    close: closeDialog,
  },
};

const FAILURES: { name: string; answer: (route: Route) => Promise<void> }[] = [
  { name: 'the network breaks', answer: (route) => route.abort() },
  { name: 'the file is gone', answer: (route) => route.fulfill({ status: 404, body: 'gone' }) },
  {
    name: 'a page comes instead',
    answer: (route) => route.fulfill({ contentType: 'text/html', body: '<p>Sign in</p>' }),
  },
];

test('every part that the build loads when needed has its way in this test', () => {
  expect(PARTS.length).toBeGreaterThan(5);
  expect(PARTS.map(([source]) => source).filter((source) => !(source in WAYS))).toEqual([]);
});

test('a part that is not there leaves the page, its photos and the match; it comes once it is back', async ({
  page,
}) => {
  test.setTimeout(240_000);
  // A first visit: what comes with its match and its comparison needs no model.
  await openApp(page);
  const runs = () => page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().result);
  const before = await runs();
  // In the order of WAYS: what is reached by way of another part comes after it.
  for (const [source, way] of Object.entries(WAYS)) {
    const file = MANIFEST[source]?.file;
    if (way === 'with another part' || !file) continue;
    await test.step(way.name, async () => {
      const pattern = `**/${file}`;
      await page.route(pattern, FAILURES[0].answer);
      await way.open(page);
      const message = page.locator(`[data-part="${way.name}"]`);
      for (const [i, { name, answer }] of FAILURES.entries()) {
        if (i > 0) {
          await page.unroute(pattern);
          await page.route(pattern, answer);
          await message.getByRole('button', { name: 'Try again' }).click();
        }
        await expect(message, name).toContainText(`“${way.name}” could not be loaded.`);
        await expect(message.getByRole('button', { name: 'Reload' })).toBeVisible();
        expect(await page.locator('#root *').count(), name).toBeGreaterThan(100);
        expect(await runs(), name).toEqual(before);
      }
      await page.unroute(pattern);
      await message.getByRole('button', { name: 'Try again' }).click();
      await expect(page.locator(way.shown).first()).toBeVisible();
      await expect(message).toHaveCount(0);
      await way.close?.(page);
    });
  }
  expect(await runs()).toEqual(before);
});

test('a newer build is told where a part of the old one is missing', async ({ page }) => {
  await page.goto('/?sample=facade&ep=wasm&size=128&rescue=0');
  await page.getByRole('button', { name: 'Models', exact: true }).waitFor();
  const part = MANIFEST['src/pages/models/ui/models-dialog.tsx'].file;
  await page.route(`**/${part}`, (route) => route.fulfill({ status: 404, body: 'gone' }));
  const published = readFileSync(fileURLToPath(new URL('../../dist/index.html', import.meta.url)), 'utf8');
  const body = published.replaceAll(/index-[\w-]+\.js/g, 'index-newer.js');
  await page.route(/\/(index\.html)?$/, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await expect(page.locator('[data-part="Models"]')).toContainText('A newer version of LiftMatch has been published.');
});
