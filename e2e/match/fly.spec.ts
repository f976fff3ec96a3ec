import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { readSplats } from '../../src/formats/splats/index.ts';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { decodeGif } from '../../src/formats/images/read-gif.test-helper.ts';
import type { InstalledModel } from '../../src/models/library-contract.ts';
import { NETWORK_SCHEMA, type NetworkManifest } from '../../src/models/network-manifest.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import * as op from '../../src/onnx/ops.ts';
import { type AppWindow, engine, matched, stagePicture, watchErrors } from '../app.ts';
import { showApp, test } from '../one-page.ts';
import { changedShare } from '../pictures.ts';

const bar = (page: Page) => page.getByRole('toolbar', { name: 'Flight' });

/** Waits for the scene of the present match, or why there is none. */
async function flown(page: Page) {
  await page.waitForFunction(
    () => {
      const { info, error } = (window as unknown as AppWindow).liftMatch.store.getState().fly;
      return info !== null || error !== null;
    },
    null,
    { polling: 50 },
  );
  return page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().fly);
}

/** The stage once two looks at it are the same. */
async function settled(page: Page): Promise<Buffer> {
  let last = await stagePicture(page);
  await expect(async () => {
    const now = await stagePicture(page);
    const isSame = changedShare(last, now) === 0;
    last = now;
    expect(isSame).toBe(true);
  }).toPass({ intervals: [700], timeout: 20_000 });
  return last;
}

/**
 * A depth network of one layer among the installed models, as the list has it; its files come from the site.
 * @returns what takes it off the list again
 */
async function installDepthNetwork(page: Page): Promise<() => Promise<void>> {
  const g = new GraphBuilder({ name: 'depth' });
  const image = g.input('image', 'float32', [1, 3, 24, 32]);
  g.output('depth', op.sigmoid(g, op.slice(g, image, 1, 0, 1)));
  const graph = Buffer.from((await encodeModel(g, 'none.data')).graph);
  const manifest: NetworkManifest = {
    schema: NETWORK_SCHEMA,
    kind: 'depth',
    id: 'red-is-near',
    name: 'Red is near',
    licence: 'MIT',
    source: 'this test',
    input: { name: 'image', width: 32, height: 24, mean: [0, 0, 0], std: [1, 1, 1] },
    network: { file: 'depth.onnx', bytes: graph.length, sha256: createHash('sha256').update(graph).digest('hex') },
    outputs: { depth: 'depth' },
    patch: 1,
    rows: 24,
    columns: 32,
    channels: 1,
  };
  await page.route('**/red-is-near/manifest.json', (route) => route.fulfill({ json: manifest }));
  await page.route('**/red-is-near/depth.onnx', (route) => route.fulfill({ body: graph }));
  const installed = {
    ...{
      id: manifest.id,
      name: manifest.name,
      licence: manifest.licence,
      source: manifest.source,
      kind: manifest.kind,
    },
    ...{ description: '', input: null, bytes: graph.length, installedAt: 0, checkpoints: [], facts: [], unused: [] },
    manifestUrl: new URL('/red-is-near/manifest.json', page.url()).href,
  } satisfies InstalledModel;
  const list = (models: InstalledModel[] | null) =>
    page.evaluate((given) => {
      const { store } = (window as unknown as AppWindow).liftMatch;
      const { library } = store.getState();
      store.setState({ library: { ...library, installed: given } });
      return library.installed;
    }, models);
  const others = await list([installed]);
  return async () => void (await list(others));
}

const viewOf = (page: Page) => page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().view);

async function saved(page: Page, click: () => Promise<void>) {
  const download = page.waitForEvent('download');
  await click();
  const file = await download;
  return { name: file.suggestedFilename(), path: await file.path() };
}

test('two photos are flown between, saved, reopened from a share file, and refused with a reason', async ({ page }) => {
  const errors = watchErrors(page);
  await showApp(page, '?sample=still-life&ep=wasm&size=256&rescue=0&fit.fova=48&fit.fovb=50&view=fly&fly.at=0');
  await engine(page, 'diagnostics', { reset: true });
  const { info, error } = await flown(page);
  expect(error).toBeNull();
  expect(info).toMatchObject({ abstention: null, drawnBy: 'cpu', focal: { a: { source: 'set' } } });
  expect(info!.count).toBeGreaterThan(20_000);

  // The path: by the slider, by keys, by playing, by a hand that leaves it, and back.
  const atA = await settled(page);
  await bar(page).getByRole('slider').fill('1');
  const atB = await settled(page);
  expect(changedShare(atA, atB)).toBeGreaterThan(0.3);
  await page.locator('#stage .stage').focus();
  await page.keyboard.press('ArrowLeft');
  expect((await viewOf(page)).flyAt).toBeCloseTo(0.95, 6);
  await bar(page).getByRole('button', { name: 'Play' }).click();
  await expect.poll(async () => (await viewOf(page)).flyAt).not.toBeCloseTo(0.95, 2);
  await bar(page).getByRole('button', { name: 'Stop' }).click();
  await bar(page).getByRole('slider').fill('0.5');
  const onPath = await settled(page);
  const box = (await page.locator('#stage .stage').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 60, box.y + box.height / 2 + 20, { steps: 4 });
  await page.mouse.up();
  const { flyYaw, flyPitch } = await viewOf(page);
  expect(flyYaw).toBeGreaterThan(4);
  expect(flyPitch).toBeGreaterThan(1);
  expect(changedShare(onPath, await settled(page))).toBeGreaterThan(0.05);
  expect(page.url()).toContain('fly.yaw=');
  await bar(page).getByRole('button', { name: 'Back to the path' }).click();
  expect(await viewOf(page)).toMatchObject({ flyYaw: 0, flyPitch: 0 });

  // Refined through the rasteriser, which is told step by step and can be left: the scene is as it was.
  await page.getByRole('switch', { name: 'Refine the cameras' }).check();
  const note = page.locator('.fly-note');
  await expect(note).toContainText(/Refining the cameras \d+ %/, { timeout: 30_000 });
  await note.getByRole('button', { name: 'Cancel' }).click();
  expect((await flown(page)).info).toMatchObject({ abstention: null, refined: null, count: info!.count });
  await expect(page.getByRole('switch', { name: 'Refine the cameras' })).not.toBeChecked();

  // What either photo alone tells of depth is held against the match, and sky lies far away.
  await page.getByRole('combobox', { name: 'Depth beside the match' }).selectOption('estimate');
  await expect(page.locator('[data-prior]')).toContainText(/explains \d+ % of what the match says|is left out/);
  expect(page.url()).toContain('fly.depth=estimate');
  // An installed network tells it instead: one that takes red things for near.
  const forget = await installDepthNetwork(page);
  const before = await page.locator('[data-prior]').textContent();
  await page.getByRole('combobox', { name: 'Depth beside the match' }).selectOption('red-is-near');
  expect((await flown(page)).error).toBeNull();
  await expect(page.locator('[data-prior]')).toContainText(/explains \d+ % of what the match says|is left out/);
  expect(await page.locator('[data-prior]').textContent()).not.toBe(before);
  expect(page.url()).toContain('fly.depth=red-is-near');
  await page.getByRole('combobox', { name: 'Depth beside the match' }).selectOption('');
  await expect(page.locator('[data-prior]')).toHaveCount(0);
  await flown(page);
  await forget();

  // Away: a scene that other programs read, and a film of the flight.
  const ply = await saved(page, () => page.getByRole('button', { name: 'Save .ply' }).click());
  expect(ply.name).toMatch(/-scene\.ply$/);
  const bytes = readFileSync(ply.path);
  const { table } = await readSplats(bytesSource(new Uint8Array(bytes)), ply.name, { maxGaussians: 1e6 });
  expect(table.count).toBeGreaterThan(info!.count);
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('radio', { name: /Animation/ }).check();
  await expect(dialog.getByRole('radio', { name: 'Flight', exact: true })).toBeChecked();
  await dialog.getByRole('combobox', { name: 'Longer side' }).selectOption('240');
  await dialog.getByRole('slider', { name: 'There and back' }).fill('0.4');
  await dialog.getByRole('slider', { name: 'Frames a second' }).fill('5');
  const gif = await saved(page, () => dialog.getByRole('button', { name: 'Save' }).click());
  expect(gif.name).toMatch(/-fly\.gif$/);
  expect(decodeGif(readFileSync(gif.path)).frames).toHaveLength(2);
  await dialog.getByRole('radio', { name: /Share file/ }).check();
  const share = await saved(page, () => dialog.getByRole('button', { name: 'Save' }).click());
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  const { modelRuns } = await engine(page, 'diagnostics', {});
  expect(modelRuns).toBe(0);

  // Another match does not wait for cameras that are being refined.
  await page.getByRole('switch', { name: 'Refine the cameras' }).check();
  await expect(note).toContainText(/Refining the cameras \d+ %/, { timeout: 30_000 });

  // A camera that only turned makes no scene, and what works instead is a click away.
  await page.evaluate(async () => {
    const { store, photos } = (window as unknown as AppWindow).liftMatch;
    const image = await createImageBitmap(store.getState().photos.a.photo!.file);
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d')!.drawImage(image, -0.12 * image.width, -0.03 * image.height);
    await photos.openFile('b', await canvas.convertToBlob(), 'turned.png');
  });
  await matched(page);
  const refused = (await flown(page)).info!;
  expect(refused.abstention).toMatchObject({ offer: expect.stringMatching(/panorama|plane/) });
  await expect(page.getByText(refused.abstention!.sentence)).toBeVisible();
  await page.locator('.fly-note button').click();
  await expect.poll(async () => (await viewOf(page)).compareBy).toMatch(/panorama|plane/);

  // The share file brings the flight back, on a phone's screen too.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    await (window as unknown as AppWindow).liftMatch.openShare(new File([bytes], 'flight.liftmatch.zip'));
  }, readFileSync(share.path).toString('base64'));
  await matched(page);
  expect((await flown(page)).info).toMatchObject({ abstention: null });
  expect(await viewOf(page)).toMatchObject({ view: 'fly', flyAt: 0.5 });
  await expect(bar(page)).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await page.getByRole('button', { name: 'Open in Scene' }).click();
  await expect(page.locator('.slot-info', { hasText: 'two matched photos' })).toBeVisible({ timeout: 20_000 });
  errors.check();
});
