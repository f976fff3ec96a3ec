import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { EMULATED_WEBGPU, findOrInstallChromium, ROOT } from './node/tools.mjs';

// `npm run build`, then `node scripts/measure-search.mjs A.jpg B.jpg [C.jpg D.jpg …] [--ep wasm] [--size 448]`: pairs of photos in the
// built app, one after the other in one page; how long each takes to its verdict, in first matches of the same run (the median of
// all). The first pair is matched once before, so that nothing counts that is only loaded.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { ep: { type: 'string', default: 'wasm' }, size: { type: 'string', default: '448' } },
});
if (positionals.length < 2 || positionals.length % 2) {
  console.error('Name both photos of each pair.');
  process.exit(1);
}
const pairs = positionals.flatMap((a, i) => (i % 2 ? [] : [{ a, b: positionals[i + 1] }]));
const server = await preview({ root: ROOT, logLevel: 'error', preview: { port: 0, host: 'localhost' } });
const browser = await chromium.launch({
  executablePath: findOrInstallChromium(),
  args: ['--headless', '--no-sandbox', ...EMULATED_WEBGPU],
});
const median = (numbers) => [...numbers].sort((p, q) => p - q)[numbers.length >> 1];
try {
  const page = await browser.newPage({ serviceWorkers: 'block', viewport: { width: 1280, height: 800 } });
  await page.addInitScript(() => Object.assign(globalThis, { liftMatchTest: true }));
  await page.route('**/measured/*', (route) =>
    route.fulfill({ path: positionals[Number(new URL(route.request().url()).pathname.split('/').at(-1))] }),
  );
  const query = `?ep=${values.ep}&size=${values.size}&view=warp`;
  await page.goto(`${server.resolvedUrls.local[0]}${query}&a=measured/0&b=measured/1`);
  await settled(page);
  const rows = [];
  for (const [i, pair] of pairs.entries()) rows.push({ pair, ...(await measured(page, i)) });
  const single = median(rows.map(({ first }) => first));
  console.log(`One first match took ${single.toFixed(0)} ms.\n`);
  for (const { pair, first, end, sentence } of rows) {
    const name = `${basename(pair.a)} + ${basename(pair.b)}`;
    console.log(
      `${name}: first ${first.toFixed(0)} ms, verdict after ${end.toFixed(0)} ms, ${(end / single).toFixed(2)} single matches. ${sentence}`,
    );
  }
  const ratios = rows.map(({ end }) => end / single);
  console.log(
    `\nTo the verdict: median ${median(ratios).toFixed(2)}, most ${Math.max(...ratios).toFixed(2)} single matches.`,
  );
} finally {
  await browser.close();
  await server.close();
}
process.exit(0);

/** Waits until nothing is opened or matched. */
async function settled(page) {
  await page.waitForFunction(
    () => {
      const state = window.liftMatch?.store.getState();
      return state?.result && !state.job && !state.photos.a.opening && !state.photos.b.opening;
    },
    null,
    { timeout: 180_000, polling: 100 },
  );
}

/** Milliseconds of a pair's first match, which the page shows, and of all until its verdict is final; photos opened before. */
async function measured(page, i) {
  await page.evaluate(async (at) => {
    const { store, photos } = window.liftMatch;
    for (const side of ['a', 'b']) await photos.clear(side);
    window.job = { begin: null, end: null };
    const stop = store.subscribe(({ job, result }) => {
      const isMatching = job?.stage && job.stage !== 'load-model';
      if (isMatching) window.job.begin ??= performance.now();
      if (!job && result && window.job.begin !== null) {
        window.job.end ??= performance.now();
        stop();
      }
    });
    for (const [k, side] of ['a', 'b'].entries()) await photos.openAddress(side, `measured/${2 * at + k}`);
  }, i);
  await page.waitForFunction(() => window.job.end !== null, null, { timeout: 180_000, polling: 100 });
  return page.evaluate(() => {
    const { timings, verdict } = window.liftMatch.store.getState().result;
    const first = ['preprocess', 'encode-a', 'encode-b', 'decode'].reduce(
      (sum, stage) => sum + (timings[stage] ?? 0),
      0,
    );
    return { first, end: window.job.end - window.job.begin, sentence: verdict.sentence };
  });
}
