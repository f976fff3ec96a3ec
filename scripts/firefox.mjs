import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import { Firefox } from './node/bidi.mjs';
import { ROOT } from './node/tools.mjs';

// `npm run firefox [-- --out DIR]`: the ordinary page in Firefox: open, match, draw, no error; once as it comes and once with
// privacy.resistFingerprinting, where pixels of canvases are hidden. Not among the tests: few machines have the browser.
if (typeof WebSocket === 'undefined') {
  // Node 20 has it behind a flag.
  const again = ['--experimental-websocket', fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exit(spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1);
}

const PROGRAMS = [
  process.env.FIREFOX_PATH,
  '/usr/bin/firefox',
  '/usr/bin/firefox-esr',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];
const program = PROGRAMS.find((path) => path && existsSync(path));
if (!program) {
  console.error(
    'No Firefox found. Install it (Debian: apt-get install firefox-esr) or set FIREFOX_PATH to its program.',
  );
  process.exit(1);
}

const QUERY = '?sample=facade&ep=wasm&size=224&rescue=0';
const LIMIT = 180_000;
const option = process.argv.indexOf('--out');
const out = option > 0 ? process.argv[option + 1] : null;

await build({ root: ROOT, logLevel: 'error' });
const server = await preview({ root: ROOT, preview: { port: 0, host: 'localhost' } });
const address = server.resolvedUrls.local[0];
let isGood = true;
try {
  const usual = await run('as it comes', {});
  const hidden = await run('with privacy.resistFingerprinting', { 'privacy.resistFingerprinting': true });
  isGood &&= usual.verdict !== null && usual.verdict.kind !== 'none';
  // Either the pixels were read another way, and the answer is the same, or nothing is claimed and the remedy told.
  isGood &&= hidden.verdict ? hidden.verdict.kind === usual.verdict?.kind : hidden.notices.includes('canvas-blocked');
  isGood &&= usual.errors.length + hidden.errors.length === 0;
} finally {
  await server.close();
}
console.log(isGood ? '\nFirefox: good' : '\nFirefox: NOT good');
process.exit(isGood ? 0 : 1);

/** One visit: what the page says of the sample, and what went wrong. */
async function run(name, preferences) {
  const firefox = await Firefox.start(program, preferences);
  try {
    const began = performance.now();
    const tab = await firefox.open(address + QUERY, { width: 1280, height: 800 });
    let seen = null;
    while (performance.now() - began < LIMIT) {
      seen = await firefox.evaluate(
        tab,
        `(() => {
          const state = window.liftMatch?.store.getState();
          if (!state) return null;
          const { result, job, notices, engine } = state;
          return { verdict: result?.verdict ?? null, isBusy: job !== null, notices: notices.map(({ code }) => code), engine };
        })()`,
      );
      if (seen && !seen.isBusy && (seen.verdict || seen.notices.length)) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const seconds = (performance.now() - began) / 1000;
    if (out) {
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, `${name.replaceAll(/\W+/g, '-')}.png`), await firefox.screenshot(tab));
    }
    console.log(`\n${name}: ${seen?.verdict?.sentence ?? 'no verdict'} (${seconds.toFixed(1)} s)`);
    console.log(`  notices: ${seen?.notices.join(', ') || 'none'}; errors: ${firefox.errors.join(' | ') || 'none'}`);
    return { verdict: seen?.verdict ?? null, notices: seen?.notices ?? [], errors: firefox.errors };
  } finally {
    await firefox.close();
  }
}
