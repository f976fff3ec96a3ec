import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Side } from '../src/core/geometry.ts';
import { openZip } from '../src/formats/archives/zip.ts';
import { bytesSource } from '../src/formats/byte-source.ts';
import type { EngineApi, EngineMethod } from '../src/pages/match/contract/protocol.ts';
import { TEST_FLAG } from '../src/platform/page/test-run.ts';
import type { DenseField, MatchResult } from '../src/core/match.ts';
import type { MatchWorkspace } from '../src/pages/match/state/match-workspace.ts';

export type AppWindow = Window & { liftMatch: MatchWorkspace };

/** The repository's public photos: every checkout has them. */
export const sample = (path: string) => fileURLToPath(new URL(`../public/samples/${path}`, import.meta.url));
/** Photos beside the repository, where the checkout has that folder. */
export const shared = (path: string) => fileURLToPath(new URL(`../../shared/eval/${path}`, import.meta.url));

/** Opens the app with these parameters and waits for its first match. */
export async function openApp(page: Page, query = ''): Promise<void> {
  // Said before the page's code runs: the hooks of tests are loaded then, and only then.
  await page.addInitScript((flag) => Object.assign(globalThis, { [flag]: true }), TEST_FLAG);
  await page.goto(`/${query}`);
  await matched(page);
}

/** Waits until a match has finished and nothing runs. */
export async function matched(page: Page): Promise<MatchResult> {
  await page.waitForFunction(
    () => {
      const state = (window as unknown as AppWindow).liftMatch?.store.getState();
      const isOpening = state?.photos.a.opening != null || state?.photos.b.opening != null;
      return state && !isOpening && state.result !== null && state.job === null;
    },
    null,
    // Asked at every frame, as is usual, the page would draw all the while.
    { timeout: 90_000, polling: 50 },
  );
  return page.evaluate(() => (window as unknown as AppWindow).liftMatch.store.getState().result!);
}

/** Gives both slots new photos the way a person does, and waits for their match. */
export async function choosePhotos(page: Page, a: string, b: string): Promise<MatchResult> {
  await choosePhoto(page, 'a', a);
  await choosePhoto(page, 'b', b);
  return matched(page);
}

export async function choosePhoto(page: Page, side: Side, path: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await slot(page, side)
    .getByRole('button', { name: /Choose photo/ })
    .click();
  await (await chooser).setFiles(path);
}

export const slot = (page: Page, side: Side): Locator => page.locator(`[data-slot="${side}"]`);

/** Drops files on the page as the file manager would. */
export async function dropFiles(
  page: Page,
  selector: string,
  files: { name: string; type: string; path: string }[],
): Promise<void> {
  const payload = files.map(({ name, type, path }) => ({ name, type, base64: readFileSync(path).toString('base64') }));
  await page.evaluate(
    async ({ selector: target, payload: given }) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      const element = document.querySelector(target)!;
      for (const type of ['dragenter', 'dragover', 'drop']) {
        element.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
    },
    { selector, payload },
  );
}

/** Calls the engine behind the page. Typed arrays do not cross to the test: see {@link readField}. */
export async function engine<M extends EngineMethod>(
  page: Page,
  method: M,
  argument: Parameters<EngineApi[M]>[0],
): Promise<ReturnType<EngineApi[M]>> {
  return (await page.evaluate(
    ({ method: name, argument: given }) =>
      (window as unknown as AppWindow).liftMatch.link.call(name, given as never) as Promise<never>,
    { method, argument: argument as never },
  )) as ReturnType<EngineApi[M]>;
}

/** The dense match on one photo. */
export async function readField(page: Page, side: Side): Promise<DenseField> {
  const plain = await page.evaluate(async (wanted) => {
    const field = (await (window as unknown as AppWindow).liftMatch.link.call('readField', { side: wanted }))!;
    return { grid: field.grid, warp: [...field.warp], certainty: [...field.certainty], cycle: [...field.cycle] };
  }, side);
  return {
    grid: plain.grid,
    warp: Float32Array.from(plain.warp),
    certainty: Float32Array.from(plain.certainty),
    cycle: Float32Array.from(plain.cycle),
  };
}

/** The stage as pixels (a screenshot, so what the person sees), and how it varies. */
export async function stagePicture(page: Page): Promise<Buffer> {
  // Two frames: the worker draws in its own.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150)))),
  );
  return page.locator('#stage canvas').screenshot();
}

/** Fails on anything the page throws or logs as an error. Call at the start of a test, and `check` at its end. */
export function watchErrors(page: Page): { check: () => void } {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { check: () => expect(errors).toEqual([]) };
}

/** Writes a dataset's archive under a folder; returns the names of its samples. */
export async function unpackZip(zip: Buffer, folder: string): Promise<string[]> {
  const archive = await openZip(bytesSource(new Uint8Array(zip)));
  for (const entry of archive.values()) {
    const path = join(folder, entry.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await entry.readAll());
  }
  return [...archive.keys()].flatMap((path) => /^warp\/(.+)\.npz$/.exec(path)?.[1] ?? []);
}
