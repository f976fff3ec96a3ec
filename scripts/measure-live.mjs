import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { EMULATED_WEBGPU, findOrInstallChromium, ROOT } from './node/tools.mjs';

// `npm run build`, then `node scripts/measure-live.mjs [--frames 600] [--size 64]`: a film (Chromium's moving test picture) against a
// still in the built app; rate, its ratio to a single match, and memory, which must not grow. Memory is that of all of Chromium's
// processes (Linux), of the page's heap and of what the engine holds on the GPU.
const { values } = parseArgs({
  options: { frames: { type: 'string', default: '600' }, size: { type: 'string', default: '64' } },
});
const wanted = Number(values.frames);
const server = await preview({ root: ROOT, logLevel: 'error', preview: { port: 0, host: 'localhost' } });
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: findOrInstallChromium(),
  args: [
    '--headless',
    '--no-sandbox',
    ...EMULATED_WEBGPU,
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
});
try {
  const page = await browser.newPage({ serviceWorkers: 'block', viewport: { width: 640, height: 600 } });
  // As src/platform/page/test-run.ts asks: the engine then tells what it holds.
  await page.addInitScript(() => Object.assign(globalThis, { liftMatchTest: true }));
  await page.goto(`${base}?sample=still-life&ep=wasm&rescue=0&size=${values.size}`);
  await page.waitForFunction(() => window.liftMatch?.store.getState().photos.a.photo);
  const panel = page.locator('details.section').filter({ has: page.locator('summary', { hasText: /^Live/ }) });
  await panel.locator('summary').click();
  await panel.getByRole('button', { name: 'Camera' }).click();
  const status = panel.locator('[data-live]');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  console.log('matches   heap MB   GPU MB   processes MB   text of the page');
  const rows = [];
  const step = Math.max(1, Math.floor(wanted / 12));
  for (let next = step; next <= wanted; next += step) {
    await page.waitForFunction(
      (count) => Number(document.querySelector('[data-live]')?.dataset.frames) >= count,
      next,
      { timeout: 600_000, polling: 200 },
    );
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 2 ** 20;
    const gpu = await page.evaluate(() =>
      window.liftMatch.link.call('diagnostics', {}).then((told) => told.gpuBytes / 2 ** 20),
    );
    const all = resident() / 2 ** 20;
    rows.push({ heap, gpu, all });
    console.log(
      [
        String(next).padStart(7),
        ...[heap, gpu, all].map((mb) => mb.toFixed(1).padStart(9)),
        ` ${await status.innerText()}`,
      ].join(' '),
    );
  }
  // The first tenth warms up.
  const [early, late] = [rows[1] ?? rows[0], rows.at(-1)];
  const grown = (key) => `${(late[key] - early[key]).toFixed(1)} MB`;
  console.log(
    `\ngrown from match ${2 * step} to ${wanted}: heap ${grown('heap')}, GPU ${grown('gpu')}, processes ${grown('all')}`,
  );
} finally {
  await browser.close();
  await server.close();
}
process.exit(0);

/** Bytes in memory of this script's descendants, those shared counted by their parts; 0 where the system has no /proc. */
function resident() {
  try {
    const parents = new Map();
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        parents.set(Number(pid), Number(/^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))[1]));
      } catch {
        // It has ended meanwhile.
      }
    }
    const isOurs = (pid) => pid === process.pid || (parents.has(pid) && isOurs(parents.get(pid)));
    let bytes = 0;
    for (const pid of parents.keys()) {
      if (pid === process.pid || !isOurs(pid)) continue;
      try {
        bytes += 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
      } catch {
        // As above.
      }
    }
    return bytes;
  } catch {
    return 0;
  }
}
