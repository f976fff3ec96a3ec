import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EMULATED_WEBGPU, findOrInstallChromium, installPackages, ROOT } from './node/tools.mjs';

// `npm run soak`: many matches in a row through an embed; what grows with their number leaks.
installPackages();
const { values } = parseArgs({
  options: {
    matches: { type: 'string', default: '600' },
    every: { type: 'string', default: '100' },
    size: { type: 'string', default: '128' },
    provider: { type: 'string', default: 'wasm' },
    search: { type: 'boolean', default: false },
    files: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run soak -- [--matches 600] [--every 100] [--size 128] [--provider wasm|webgpu] [--search] [--files]
Matches pairs of samples in turn through the built embed (npm run build first) and prints what the page holds: GPU buffers and
textures that were made and not destroyed, wasm memory, heap of page and frame after collection, and the memory of the
browser's processes by kind: what each holds alone and its share of what several hold (PSS; Linux only). --search: with alignment, search and fractions of a pixel, which take several times as long.
--files: photos are handed over as files, so that nothing is fetched: Playwright's debugger keeps up to 200 MB of what was.`);
  process.exit(0);
}

/** Kinds of the browser's processes: the page and the embed with its worker; what SwiftShader draws in; network and the like. */
const KINDS = ['all', 'page', 'graphics', 'browser', 'others'];

const { preview } = await import('vite');
const { chromium } = await import('@playwright/test');
const server = await preview({ root: ROOT, logLevel: 'error', preview: { port: 0 } });
const base = server.resolvedUrls.local[0];
const host = await chromium.launchServer({
  executablePath: findOrInstallChromium(),
  // Garbage is none of what is measured: workers collect it when they are asked.
  args: ['--headless', '--no-sandbox', '--js-flags=--expose-gc', ...EMULATED_WEBGPU],
});
const browser = await chromium.connect(host.wsEndpoint());
try {
  await soak();
} finally {
  await browser.close();
  await host.close();
  await server.close();
}

async function soak() {
  const page = await browser.newPage();
  const devtools = await page.context().newCDPSession(page);
  const workers = new Set();
  page.on('worker', (worker) => {
    // One that has ended meanwhile holds nothing.
    worker.evaluate(watchMemory).then(
      () => workers.add(worker),
      () => {},
    );
    worker.on('close', () => workers.delete(worker));
  });
  await page.goto(`${base}LICENSE`);
  const options = new URLSearchParams({ size: values.size, ep: values.provider, rescue: values.search ? '1' : '0' });
  await page.evaluate(openFrame, `${base}embed.html?${options}`);
  const pairs = ['facade', 'mosaic', 'square'].map((id) =>
    ['a', 'b'].map((side) => `${base}samples/${id}/${side}.jpg`),
  );
  if (values.files) await page.evaluate(fetchFiles, pairs.flat());
  await page.evaluate(matchOnce, pairs[0]);
  console.log(`| matches | GPU buffers | GPU textures | wasm, MB | heap, MB | ${KINDS.join(', MB | ')}, MB | s |`);
  console.log(`|${'---|'.repeat(6 + KINDS.length)}`);
  const start = performance.now();
  const [matches, every] = [Number(values.matches), Number(values.every)];
  for (let done = 1; done <= matches; done++) {
    await page.evaluate(matchOnce, pairs[done % pairs.length]);
    if (done !== 10 && done % every !== 0) continue;
    await print(done);
  }
  // What the browser keeps for later it gives back when memory runs short.
  await devtools.send('Memory.simulatePressureNotification', { level: 'critical' });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await print('short of memory');

  async function print(label) {
    const held = await Promise.all([...workers].map(heldBy));
    const [buffers, textures, wasm] = ['buffers', 'textures', 'wasm'].map((name) =>
      held.reduce((sum, one) => sum + one[name], 0),
    );
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const row = [
      label,
      buffers,
      textures,
      (wasm / 1e6).toFixed(1),
      (usedSize / 1e6).toFixed(1),
      ...memoryByKind(host.process().pid).map((bytes) => (bytes / 1e6).toFixed(0)),
      ((performance.now() - start) / 1000).toFixed(0),
    ];
    console.log(`| ${row.join(' | ')} |`);
  }
}

/** What a worker holds; one that ends meanwhile holds nothing. */
function heldBy(worker) {
  return worker.evaluate(() => globalThis.__held()).catch(() => ({ buffers: 0, textures: 0, wasm: 0 }));
}

/** In the page: shows the embed, and keeps nothing of what it says. */
function openFrame(src) {
  document.body.textContent = '';
  const frame = document.createElement('iframe');
  Object.assign(frame, { src, width: 480, height: 320 });
  document.body.append(frame);
  return new Promise((resolve) => {
    addEventListener('message', ({ data }) => {
      if (data.type === 'ready') resolve();
      if (data.type === 'result' && data.kind === 'match') globalThis.__matched?.();
      if (data.type === 'error') globalThis.__failed?.(new Error(data.message));
    });
  });
}

/** In the page: keeps the photos themselves for {@link matchOnce}. */
async function fetchFiles(addresses) {
  const blobs = addresses.map(async (address) => [address, await (await fetch(address)).blob()]);
  globalThis.__files = new Map(await Promise.all(blobs));
}

/** In the page: opens two photos in the embed and waits for their match. */
async function matchOnce([a, b]) {
  const { contentWindow } = document.querySelector('iframe');
  await new Promise((resolve, reject) => {
    globalThis.__matched = resolve;
    globalThis.__failed = reject;
    const given = (address) => globalThis.__files?.get(address) ?? address;
    contentWindow.postMessage({ liftmatch: 1, type: 'load', a: given(a), b: given(b) }, '*');
    if (!globalThis.__isRunning) contentWindow.postMessage({ liftmatch: 1, type: 'run' }, '*');
    globalThis.__isRunning = true;
  });
}

/** In the engine's worker, before it has opened anything: counts what it makes and destroys. */
function watchMemory() {
  const held = { buffers: new Set(), textures: new Set(), memories: new Set() };
  const { createBuffer, createTexture } = GPUDevice.prototype;
  const watched = (made, set) => {
    set.add(made);
    const destroy = made.destroy.bind(made);
    made.destroy = () => {
      set.delete(made);
      destroy();
    };
    return made;
  };
  GPUDevice.prototype.createBuffer = function (given) {
    return watched(createBuffer.call(this, given), held.buffers);
  };
  GPUDevice.prototype.createTexture = function (given) {
    return watched(createTexture.call(this, given), held.textures);
  };
  const { Memory, instantiate } = WebAssembly;
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, given) {
      const memory = new target(...given);
      held.memories.add(memory);
      return memory;
    },
  });
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    for (const one of Object.values((made.instance ?? made).exports)) if (one instanceof Memory) held.memories.add(one);
    return made;
  };
  globalThis.__held = () => {
    globalThis.gc?.();
    return held.now();
  };
  held.now = () => ({
    buffers: held.buffers.size,
    textures: held.textures.size,
    wasm: [...held.memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  });
}

/**
 * Bytes of memory of a process and all that it started, by {@link KINDS}: proportional set size, so that what processes share
 * counts once. Linux only, else 0.
 */
function memoryByKind(root) {
  const bytes = new Map(KINDS.map((kind) => [kind, 0]));
  let processes;
  try {
    processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [...bytes.values()];
  }
  const parents = new Map();
  for (const pid of processes) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid) => pid === root || (parents.has(pid) && isOurs(parents.get(pid)));
  for (const pid of parents.keys()) {
    if (!isOurs(pid)) continue;
    try {
      const [, type = 'browser'] = /--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? [];
      const kind = { browser: 'browser', renderer: 'page', 'gpu-process': 'graphics' }[type] ?? 'others';
      const [, kilobytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      for (const one of [kind, 'all']) bytes.set(one, bytes.get(one) + 1024 * Number(kilobytes));
    } catch {
      // The same.
    }
  }
  return [...bytes.values()];
}
