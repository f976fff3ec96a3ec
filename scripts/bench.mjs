import { parseArgs } from 'node:util';
import { findOrInstallChromium, installPackages, ROOT } from './node/tools.mjs';

// `npm run bench`: the engine in a real browser against the bare session runs, in one run.
installPackages();
const { values } = parseArgs({
  options: {
    provider: { type: 'string', default: 'wasm' },
    model: { type: 'string' },
    size: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    sample: { type: 'string', default: 'facade' },
    only: { type: 'string', default: 'all' },
    hardware: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run bench -- [--provider wasm|webgpu] [--model ID] [--size N] [--rounds N] [--sample ID] [--only match|compare|scene] [--hardware]
Milliseconds per stage, the app's time over bare session.run on the same inputs, and the Compare page's features and
hover latency, and the renderers of scenes of Gaussians (without a browser, on the adapter that the tests take).
--hardware asks for the real GPU instead of the software adapter.`);
  process.exit(0);
}

const { createServer } = await import('vite');
const { chromium } = await import('@playwright/test');
const { benchHover } = await import('./bench/hover.mjs');
const server = await createServer({ root: ROOT, logLevel: 'error', server: { port: 0, headers: isolated() } });
await server.listen();
const base = `http://localhost:${server.httpServer.address().port}/`;
const browser = await chromium.launch({
  executablePath: findOrInstallChromium(),
  args: ['--headless', '--no-sandbox', '--enable-unsafe-webgpu', ...adapter()],
});
try {
  const isWanted = (part) => values.only === 'all' || values.only === part;
  if (isWanted('match')) await benchMatch();
  if (isWanted('compare')) await benchCompare();
  if (isWanted('scene')) await benchScene();
} finally {
  await browser.close();
  await server.close();
}
// Dawn keeps threads of its own.
process.exit(0);

async function benchMatch() {
  const page = await browser.newPage();
  await page.goto(`${base}LICENSE`);
  const index = await (await fetch(`${base}models/index.json`)).json();
  const model = index.find(({ id }) => id === values.model) ?? index[0];
  const report = await page.evaluate(async ({ script, options }) => (await import(script)).bench(options), {
    script: '/scripts/bench/in-page.ts',
    options: {
      provider: values.provider,
      manifestUrl: `${base}models/${model.manifest}`,
      photos: { a: `${base}samples/${values.sample}/a.jpg`, b: `${base}samples/${values.sample}/b.jpg` },
      longSide: values.size ? Number(values.size) : null,
      rounds: Number(values.rounds),
    },
  });
  print(model.id, report);
}

async function benchCompare() {
  const rounds = Number(values.rounds);
  const page = await browser.newPage();
  await page.goto(`${base}LICENSE`);
  const features = await page.evaluate(
    async ([script, count]) => (await import(script)).benchFeatures(count),
    ['/scripts/bench/features-in-page.ts', rounds],
  );
  await page.close();
  console.log('\nfeatures of two photos, 768 channels × 2 × 1369 places, on the processor');
  for (const [name, times] of Object.entries(features)) row(name, times);
  const { hover, frame } = await benchHover(browser, ROOT, 10 * rounds);
  console.log(`\nhover over four encoders at 518 px, ${hover.length} moves`);
  row('heat maps drawn', hover);
  row('empty frame', frame);
  console.log(`hover / empty frame: median ${(median(hover) / median(frame)).toFixed(2)}`);
}

/** In Node: Dawn runs the passes, and what is wanted are ratios within one run. */
async function benchScene() {
  if (values.hardware) process.env.LIFTMATCH_ADAPTER = 'system';
  const { measureTimes } = await server.ssrLoadModule('/scripts/bench/scene.ts');
  console.log('\nscenes of Gaussians');
  const { frameByEmpty, sortMilliseconds, pixelsASecond, pairsASecond } = await measureTimes(30_000, 320, 180);
  console.log(
    `\ncolour frame / empty shader over the same quads: ${frameByEmpty.cpu.toFixed(2)} with the order kept by the CPU, ` +
      `${frameByEmpty.gpu.toFixed(2)} with it sorted anew on the GPU (limit 2)\n` +
      `sort of 1,000,000 keys ${sortMilliseconds.toFixed(0)} ms; CPU rasteriser ` +
      `${(pixelsASecond / 1e6).toFixed(2)} million pixels a second; ${pairsASecond.toFixed(2)} dataset pairs a second`,
  );
}

function print(model, { adapter: name, threads, inputSize, bare, app, stages }) {
  console.log(
    `model ${model}, ${values.provider}, input ${inputSize}, ${threads} thread(s), adapter ${name ?? 'none'}, ${bare.length} rounds\n`,
  );
  for (const [stage, times] of Object.entries(stages)) row(stage, times);
  row('whole match', app);
  row('bare sessions', bare);
  const ratios = app.map((ms, i) => ms / bare[i]);
  console.log(
    `\napp / bare: median ${median(ratios).toFixed(3)}, from ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`,
  );
}

function row(label, times) {
  const range = `${Math.min(...times).toFixed(1)} – ${Math.max(...times).toFixed(1)}`;
  console.log(`${label.padEnd(16)} ${median(times).toFixed(1).padStart(9)} ms   (${range})`);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function adapter() {
  if (values.hardware) return ['--enable-features=Vulkan'];
  // The compositor must draw with Vulkan too: the app's WebGPU canvas cannot cross to its default GL.
  const compositor = [
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--use-vulkan=swiftshader',
    '--ignore-gpu-blocklist',
  ];
  return ['--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan', ...compositor];
}

/** Threads need cross-origin isolation. */
function isolated() {
  return { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
}
