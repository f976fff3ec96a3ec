import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { sample, watchErrors } from '../app.ts';
import { StaticSite } from './static-site.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The examples of docs/api.md, by the name in their first line. */
const EXAMPLES = new Map(
  [...readFileSync(join(ROOT, 'docs/api.md'), 'utf8').matchAll(/```js\n\/\/ (\S+)\n(.*?)```/gs)].map(
    ([, name, code]) => [name, code],
  ),
);

/** Compiled, not run: what a project that uses the package may write. */
const CONSUMER = `import { createMatcher, type Match, type Pose } from 'liftmatch';
export async function run(a: Uint8Array, stop: AbortSignal): Promise<Pose | null> {
  const matcher = await createMatcher({ model: 'embedded', signal: stop });
  const match: Match = await matcher.match(a, { data: new Uint8Array(4), width: 1, height: 1 }, { size: 224 });
  const rows: Float32Array = (await match.matches({ count: 10 })).rows;
  // @ts-expect-error there is no such kind
  if (match.verdict.kind === 'perfect') console.log(rows);
  return match.pose({ cameras: { a: { fx: 1 } } });
}
`;

test('packed and installed into a fresh project, the package matches in Node and in the browser', async ({ page }) => {
  test.setTimeout(240_000);
  const project = mkdtempSync(join(tmpdir(), 'liftmatch-package-'));
  const errors = watchErrors(page);
  let site: StaticSite | null = null;
  const npm = (...words: string[]) => run('npm', words, { cwd: project, shell: process.platform === 'win32' });
  // Playwright asks for colours, which are no part of what is said.
  const env = { ...process.env, FORCE_COLOR: '0' };
  const node = (name: string) => run(process.execPath, [name], { cwd: project, env });
  try {
    const { stdout } = await npm('pack', ROOT, '--json', '--ignore-scripts', '--pack-destination', project);
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    writeFileSync(join(project, 'package.json'), '{ "name": "fresh", "type": "module" }');
    await npm('install', `./${filename}`, '--offline', '--no-audit', '--no-fund', '--ignore-scripts');
    copyFileSync(sample('facade/a.jpg'), join(project, 'left.jpg'));
    copyFileSync(sample('facade/b.jpg'), join(project, 'right.jpg'));
    for (const [name, code] of EXAMPLES) writeFileSync(join(project, name), code);
    expect([...EXAMPLES.keys()]).toEqual(['node.mjs', 'page.js']);

    // Without the native runtime its absence is told, with the command that mends it.
    await expect(node('node.mjs')).rejects.toMatchObject({ stderr: expect.stringMatching(/runtime-missing/) });
    for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
    }
    const said = (await node('node.mjs')).stdout.split('\n');
    expect(said[0]).toMatch(/^These photos match/);
    const [x, y, certainty] = said[1].split(' ').map(Number);
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(640);
    expect(y).toBeGreaterThan(0);
    expect(certainty).toBeGreaterThan(0);
    expect(said[2]).toMatch(/^1000 Float32Array/);

    // Both ways of finding types.
    writeFileSync(join(project, 'consumer.ts'), CONSUMER);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    for (const resolution of ['bundler', 'nodenext']) {
      const words = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--lib', 'es2022,dom'];
      const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
      await run(
        process.execPath,
        [tsc, ...words, '--module', module, '--moduleResolution', resolution, 'consumer.ts'],
        {
          cwd: project,
        },
      );
    }

    // In a page, from the element's module and from the matcher's own.
    for (const [address, entry] of [
      ['with.html', 'lift-match.js'],
      ['alone.html', 'matcher.js'],
    ]) {
      const imports = JSON.stringify({ imports: { liftmatch: `./node_modules/liftmatch/dist/${entry}` } });
      const head = `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${imports}</script>`;
      writeFileSync(join(project, address), `${head}<body><script type="module" src="page.js"></script>`);
    }
    site = await StaticSite.open('/', project);
    for (const address of ['with.html', 'alone.html']) {
      await page.goto(site.url + address);
      await expect(page.locator('body')).toContainText(/wasm: These photos match.* 0\.\d\d/, { timeout: 60_000 });
    }
    // What comes now fetches a file that is not there, which browsers log.
    errors.check();
    // Pixels, an open picture, and a match that is not wanted any more.
    const told = await page.evaluate(async (module) => {
      const { createMatcher } = (await import(module)) as typeof import('../../src/api/matcher.ts');
      const matcher = await createMatcher({ provider: 'wasm' });
      const bitmap = await createImageBitmap(await (await fetch('left.jpg')).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
      const pixels = canvas.getContext('2d')!.getImageData(0, 0, bitmap.width, bitmap.height);
      const match = await matcher.match(bitmap, pixels, { size: 128, rescue: false });
      const stop = new AbortController();
      const wasStopped = matcher.match(bitmap, 'right.jpg', { signal: stop.signal }).catch((error) => error.code);
      stop.abort();
      const codes = [await wasStopped];
      for (const bad of ['nowhere.jpg', new Blob(['text'])]) {
        codes.push(await matcher.match(bitmap, bad).catch((error) => error.code));
      }
      codes.push(await createMatcher({ model: 'no such model' }).catch((error) => error.code));
      await matcher.close();
      codes.push(await matcher.match(bitmap, pixels).catch((error) => error.code));
      // After the close, on this thread.
      const { count } = await match.matches({ count: 50 });
      const homography = await match.homography();
      return {
        width: bitmap.width,
        codes,
        count,
        matrix: homography!.matrix.map((value) => Math.round(value * 50) / 50),
      };
    }, `${site.url}node_modules/liftmatch/dist/matcher.js`);
    expect(told).toMatchObject({
      width: 640,
      codes: ['cancelled', 'photo-fetch', 'not-a-photo', 'model-unknown', 'matcher-closed'],
      count: 50,
    });
    // The photo against itself: nothing moves by more than the small network sees.
    expect(told.matrix[0]).toBeCloseTo(1, 1);
    expect(told.matrix[4]).toBeCloseTo(1, 1);
  } finally {
    site?.close();
    rmSync(project, { recursive: true });
  }
});
