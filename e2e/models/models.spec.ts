import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';
import { RandomWeights } from '../../scripts/random-checkpoints/random-values.ts';
import { SMALL_SHAPES } from '../../scripts/random-checkpoints/small-shapes.ts';
import { writeCheckpoint } from '../../scripts/random-checkpoints/write-checkpoint.ts';
import { engine, matched, sample } from '../app.ts';

/**
 * Models from published checkpoints, as a person gets them: by address, over a connection that breaks, paused, resumed
 * after a reload, converted in the page, used without the network, removed.
 */
const FOLDER = mkdtempSync(join(tmpdir(), 'liftmatch-models-'));

/** A matcher of the L2M++ family and ViTs, with small random weights in the layout of the published files. */
const FILES: Record<string, string> = Object.fromEntries(
  ['matcher.pth', 'dinov2.pth', 'vit.pth'].map((name) => [name, join(FOLDER, name)]),
);

/** A pair that is matched on the CPU in about a second. */
const START = '/?sample=still-life&ep=wasm&size=128&rescue=0&view=warp';

/** A host with Range and CORS whose connections can be made to fail. */
class Host {
  /** `name bytes=…` of every request. */
  readonly requests: string[] = [];
  /** By name: what happens to the next request, once. */
  readonly faults = new Map<string, { after: number; then: 'close' | 'stall' }>();
  private server!: Server;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const name = request.url!.slice(1);
      // A host that lets no other page read, one that wants an account, and one that keeps its files elsewhere.
      if (name === 'no-cors.pth') return void response.writeHead(200).end('bytes');
      response.setHeader('access-control-allow-origin', '*');
      if (name === 'gated.pth') return void response.writeHead(401).end();
      if (name === 'refused.pth') return void response.writeHead(403).end();
      if (name === 'moved.pth') return void response.writeHead(302, { location: '/vit.pth' }).end();
      if (!FILES[name]) return response.writeHead(404).end();
      this.requests.push(`${name} ${request.headers.range}`);
      this.answer(name, Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0), response);
    });
    await new Promise<void>((resolve) => this.server.listen(0, 'localhost', resolve));
  }

  url(name: string): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}/${name}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(name: string, from: number, response: ServerResponse): void {
    const content = readFileSync(FILES[name]);
    const rest = content.subarray(from);
    response.writeHead(206, {
      'content-type': 'application/octet-stream',
      'content-length': rest.length,
      'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
      'last-modified': 'Mon, 01 Sep 2025 00:00:00 GMT',
    });
    const fault = this.faults.get(name);
    this.faults.delete(name);
    if (!fault) return void response.end(rest);
    response.write(rest.subarray(0, fault.after), () => {
      // Closing at once would throw away what is still on its way.
      if (fault.then === 'close') setTimeout(() => response.destroy(), 300);
    });
  }
}

let context: BrowserContext;
let page: Page;
const host = new Host();
const surprises: string[] = [];

const panel = () => page.getByRole('dialog', { name: 'Models' });
const job = () => panel().locator('[data-job]');
const installed = () => panel().locator('[data-model]');

async function openPanel(): Promise<void> {
  if (await panel().isVisible()) return;
  await page.getByRole('button', { name: 'Models' }).click();
  await expect(panel()).toBeVisible();
}

/** Fills the form for models by address. */
async function install(names: string[], choices: Record<string, string>): Promise<void> {
  const form = panel().getByRole('form', { name: 'Model from an address' });
  if (!(await form.isVisible())) await panel().getByText('From an address').click();
  await form
    .getByLabel('Addresses, one a line')
    .fill(names.map((name) => (name.startsWith('https:') ? name : host.url(name))).join('\n'));
  const details = form.locator('details:not([open]) > summary', { hasText: 'What the file does not tell' });
  if ((await details.count()) > 0) await details.click();
  for (const [label, value] of Object.entries(choices)) await form.getByLabel(label).fill(value);
  await form.getByText('fp32', { exact: true }).click();
  await form.getByRole('button', { name: 'Download and convert' }).click();
}

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  const random = new RandomWeights(1);
  await writeCheckpoint(FILES['matcher.pth'], SMALL_SHAPES.matcher, random);
  await writeCheckpoint(FILES['dinov2.pth'], SMALL_SHAPES.vit, random);
  await writeCheckpoint(FILES['vit.pth'], SMALL_SHAPES.vit, random);
  await host.start();
  context = await browser.newContext();
  page = await context.newPage();
  page.on('pageerror', (error) => surprises.push(`error: ${error.message}`));
  page.on('crash', () => surprises.push('the page crashed'));
  await page.goto(START);
  await matched(page);
});

test.afterEach(() => expect(surprises).toEqual([]));

test.afterAll(async () => {
  await context.close();
  await host.stop();
  rmSync(FOLDER, { recursive: true });
});

test('a download goes on by itself where the connection broke, and after a pause and a reload where it was', async () => {
  host.faults.set('matcher.pth', { after: 100_000, then: 'close' });
  host.faults.set('dinov2.pth', { after: 50_000, then: 'stall' });
  await openPanel();
  await install(['matcher.pth', 'dinov2.pth'], { 'Input size, px': '112', 'Heads of the ViT': '3' });
  await expect(job()).toContainText('Downloading dinov2.pth');
  expect(host.requests).toEqual(['matcher.pth bytes=0-', 'matcher.pth bytes=100000-', 'dinov2.pth bytes=0-']);

  await job().getByRole('button', { name: 'Pause' }).click();
  await expect(job()).toHaveAttribute('data-status', 'paused');
  await page.reload();
  await matched(page);
  await openPanel();
  await expect(job()).toHaveAttribute('data-status', 'paused');
  await expect(job()).toContainText('Paused at');

  await job().getByRole('button', { name: 'Resume' }).click();
  await expect(installed()).toContainText('matcher', { timeout: 60_000 });
  await expect(job()).toHaveCount(0);
  expect(host.requests.slice(3)).toEqual(['dinov2.pth bytes=50000-']);
});

test('what was downloaded is told by its hash, and what was recognised', async () => {
  await installed().locator('summary').click();
  for (const name of ['matcher.pth', 'dinov2.pth']) {
    const sha256 = createHash('sha256').update(readFileSync(FILES[name])).digest('hex');
    await expect(installed().locator(`[data-sha256="${sha256}"]`)).toBeVisible();
  }
  await expect(installed()).toContainText('3 blocks, 3 heads');
  await expect(installed()).toContainText('mask_token');
});

test('the converted matcher takes over the photos, in two passes', async () => {
  await installed().getByRole('radio').check();
  await panel().getByRole('button', { name: 'Close' }).click();
  const result = await matched(page);
  expect(result.modelId).toBe('matcher-112-fp32');
  await openPanel();
  const facts = installed().locator('summary');
  if (!(await installed().getByText('a pair here').isVisible())) await facts.click();
  await expect(installed().locator('[data-speed]')).toContainText(/(ms|s) a pair here \(WASM, 112 px\)/);
  await panel().getByRole('button', { name: 'Close' }).click();
  expect(result.inputSize).toEqual({ a: { width: 112, height: 112 }, b: { width: 112, height: 112 } });
  expect(result.gridSize).toEqual({ a: { width: 224, height: 224 }, b: { width: 224, height: 224 } });
});

test('it matches other photos without the network', async () => {
  await context.setOffline(true);
  try {
    const requests = host.requests.length;
    await page.locator('input[data-picker=a]').setInputFiles(sample('facade/a.jpg'));
    await page.locator('input[data-picker=b]').setInputFiles(sample('facade/b.jpg'));
    await expect(page.locator('[data-slot=b]')).toContainText('b.jpg');
    const result = await matched(page);
    expect(result.modelId).toBe('matcher-112-fp32');
    expect(host.requests).toHaveLength(requests);
  } finally {
    await context.setOffline(false);
  }
});

test('a link names it, and opens with it on this device', async () => {
  await expect.poll(() => page.url()).toContain('model=local:matcher-112-fp32');
  await page.goto(`${START}&model=local:matcher-112-fp32`);
  expect((await matched(page)).modelId).toBe('matcher-112-fp32');
});

test('the module for other code finds it under its name', async () => {
  const told = await page.evaluate(async (module) => {
    const { createMatcher } = (await import(module)) as typeof import('../../src/api/matcher.ts');
    const matcher = await createMatcher({ model: 'installed:matcher-112-fp32', provider: 'wasm' });
    const photo = await (await fetch('samples/facade/a.jpg')).blob();
    const { a, verdict } = await matcher.match(photo, photo, { rescue: false });
    await matcher.close();
    const gone = await createMatcher({ model: 'installed:nothing' }).catch(({ code, remedy }) => ({ code, remedy }));
    const { model, provider, providerReason } = matcher;
    return { model, provider, providerReason, grid: a.grid, kind: verdict.kind, gone };
  }, new URL('matcher.js', page.url()).href);
  expect(told).toMatchObject({ provider: 'wasm', grid: { width: 224, height: 224 } });
  expect(told.model).toContain('matcher');
  expect(told.providerReason).toMatch(/CPU|WASM/);
  expect(told.gone).toMatchObject({ code: 'model-gone', remedy: expect.stringMatching(/./) });
});

test('hosts that want an account, and hosts that let no page read, are told apart; a redirect is followed', async () => {
  await openPanel();
  for (const [name, message] of [
    ['gated.pth', 'only to people who have signed in or agreed to its terms (401)'],
    ['refused.pth', 'only to people who have signed in or agreed to its terms (403)'],
    ['no-cors.pth', 'does not let other pages read its files (CORS)'],
    ['missing.pth', 'answered 404'],
  ]) {
    await install([name], {});
    await expect(job().getByRole('alert')).toContainText(message, { timeout: 60_000 });
    await job().getByRole('button', { name: 'Cancel' }).click();
    await expect(job()).toHaveCount(0);
  }
  // The authors' own page of a network that is in the list by a copy of others: refused, and the copy named.
  const gated = 'https://huggingface.co/facebook/dinov3-vits16-pretrain-lvd1689m/resolve/main/model.safetensors';
  const refusal = { status: 401, headers: { 'access-control-allow-origin': '*' } };
  await context.route('https://huggingface.co/**', (route) => route.fulfill(refusal));
  await install([gated], {});
  await expect(job().getByRole('alert')).toContainText('ask for no account: DINOv3 ViT-S/16', { timeout: 60_000 });
  await job().getByRole('button', { name: 'Cancel' }).click();
  await expect(job()).toHaveCount(0);

  await install(['moved.pth'], { 'Input size, px': '70', 'Heads of the ViT': '3' });
  await expect(panel().locator('[data-model="moved-70-fp32"]')).toBeVisible({ timeout: 60_000 });
  await panel().getByRole('button', { name: 'Close' }).click();
});

test('an encoder is installed from a dropped file, after the person has said what its tensors cannot', async () => {
  const form = panel().getByRole('form', { name: 'Convert dropped files' });
  await dropCheckpoint('vit.pth');
  await expect(form).toContainText('vit.pth');
  await form.getByRole('button', { name: 'Convert' }).click();
  await expect(job().getByRole('alert')).toContainText('heads', { timeout: 30_000 });
  await job().getByRole('button', { name: 'Dismiss' }).click();

  await dropCheckpoint('vit.pth');
  await form.getByText('What the file does not tell').click();
  await form.getByLabel('Heads of the ViT').fill('3');
  await form.getByLabel('Input size, px').fill('70');
  await form.getByText('fp32', { exact: true }).click();
  await form.getByRole('button', { name: 'Convert' }).click();
  const encoder = panel().locator('[data-model="vit-70-fp32"]');
  await expect(encoder).toContainText('it does not match by itself', { timeout: 30_000 });
  await expect(encoder.getByRole('radio')).toHaveCount(0);
});

test('removing the model in use frees it, and the page’s own takes over', async () => {
  const item = panel().locator('[data-model="matcher-112-fp32"]');
  await item.getByRole('button', { name: 'Remove' }).click();
  await item.getByRole('button', { name: /^Remove \d/ }).click();
  await expect(item).toHaveCount(0);
  await panel().getByRole('button', { name: 'Close' }).click();
  expect((await matched(page)).modelId).not.toBe('matcher-112-fp32');
  const files = await filesOnDevice();
  expect(files.filter((path) => path.startsWith('downloads/') || path.includes('matcher'))).toEqual([]);
  expect(files).toContain('installed/vit-70-fp32/encoder.data');
});

test('a RoMa v2 from a dropped file says how sure a place is, at the probe and in the matches', async () => {
  const recorded = fileURLToPath(new URL('../../../shared/parity/romav2/checkpoint.pt', import.meta.url));
  test.skip(!existsSync(recorded), `no checkpoint at ${recorded}`);
  FILES['romav2.pt'] = recorded;
  await openPanel();
  await dropCheckpoint('romav2.pt');
  const form = panel().getByRole('form', { name: 'Convert dropped files' });
  await form.getByLabel('Input size, px').fill('64');
  await form.getByText('fp32', { exact: true }).click();
  await form.getByRole('button', { name: 'Convert' }).click();
  const model = panel().locator('[data-model="romav2-64-fp32"]');
  await expect(model).toBeVisible({ timeout: 60_000 });
  await model.locator('summary').click();
  await expect(model).toContainText('Assumed: The file does not say whether it is RoMa v2.0.0 or v2.0.1');
  await model.getByRole('radio').check();
  await panel().getByRole('button', { name: 'Close' }).click();
  expect((await matched(page)).modelId).toBe('romav2-64-fp32');
  const { covariance } = (await engine(page, 'probe', { side: 'a', x: 200, y: 150 }))!;
  expect(covariance!.xx * covariance!.yy - covariance!.xy ** 2).toBeGreaterThan(0);
  const stage = (await page.locator('.stage').first().boundingBox())!;
  // Photo A lies in the upper left of the stage.
  await page.mouse.move(stage.x + stage.width / 4, stage.y + stage.height / 4);
  await expect(page.locator('[data-deviation]')).toContainText(/±\d.* × \d.* px/);
});

test('the panel fits a phone with everything open, and closes by Escape', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Models' }).press('Enter');
  const published = panel().getByRole('region', { name: 'Published checkpoints' });
  const uses = await published.locator('.segmented span').allTextContents();
  expect(uses).toContain('Night, thermal, maps');
  // What all have in common is looked at once: opening every entry takes long.
  for (const use of ['Depth', 'Encoders', 'Most accurate']) {
    await published.getByText(use, { exact: true }).click();
    const summaries = panel().locator('details:not([open]) > summary:visible');
    while ((await summaries.count()) > 0) await summaries.first().click();
    expect(await panel().evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  }
  await expect(panel().locator('[data-published="roma-outdoor"]')).toContainText('drop them together');
  await expect(panel().locator('[data-published="roma-indoor"] .published-facts')).toHaveText(
    'By fileMITnot commercial',
  );
  await page.keyboard.press('Escape');
  await expect(panel()).toHaveCount(0);
});

/** Drops a file beside everything, as the file manager would. */
async function dropCheckpoint(name: string): Promise<void> {
  await page.evaluate(
    async ([as, base64]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], as));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    [name, readFileSync(FILES[name]).toString('base64')],
  );
}

/** Every file below the models' folder of the private file system. */
function filesOnDevice(): Promise<string[]> {
  return page.evaluate(async () => {
    const files: string[] = [];
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, entry] of folder.entries()) {
        if (entry.kind === 'directory') await walk(entry as FileSystemDirectoryHandle, `${path}${name}/`);
        else files.push(path + name);
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle('models'), '');
    return files;
  });
}
