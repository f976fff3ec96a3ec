import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Set-up steps that the README's two commands share. No dependencies: they run before anything is installed. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Installs the npm packages when package-lock.json has changed since the last install. */
export function installPackages() {
  // A work tree beside another one borrows its packages: `npm ci` would take them away from there.
  if (lstatSync(join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const lock = join(ROOT, 'package-lock.json');
  const stamp = join(ROOT, 'node_modules', '.liftmatch-installed');
  const wanted = String(statSync(lock).size) + readFileSync(lock, 'utf8').length + hashOf(readFileSync(lock, 'utf8'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing packages …');
  run('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
  writeFileSync(stamp, wanted);
}

/**
 * A Chromium for the tests: $CHROME_PATH, Playwright's own, the system's, Playwright's download, or Debian's package.
 * @returns {string} its path
 */
export function findOrInstallChromium() {
  const found = findChromium();
  if (found) return found;
  console.log('No Chromium found: trying to install one …');
  spawnSync('npx', ['playwright', 'install', 'chromium'], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (!findChromium() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'inherit' });
  }
  const installed = findChromium();
  if (installed) return installed;
  console.error(
    'The tests need a Chromium and none could be installed. Install Chrome or Chromium, or set CHROME_PATH to its program.',
  );
  process.exit(1);
}

/** Some tests have numpy read what we write. On Debian it is installed; elsewhere, without it, they are left out. */
export function installNumpy() {
  const hasNumpy = ['python3', '/usr/bin/python3'].some(
    (python) => spawnSync(python, ['-c', 'import numpy']).status === 0,
  );
  if (hasNumpy || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.log('Installing numpy …');
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  spawnSync('apt-get', ['install', '-y', '-qq', 'python3-numpy'], { stdio: 'inherit' });
}

function findChromium() {
  const candidates = [process.env.CHROME_PATH, playwrightChromium(), ...SYSTEM_BROWSERS];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function playwrightChromium() {
  try {
    return createRequire(join(ROOT, 'package.json'))('@playwright/test').chromium.executablePath();
  } catch {
    return null;
  }
}

/** Runs a program with its output shown; the process ends with its status if that is not 0. */
export function run(program, args, options = {}) {
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a program, collecting its output and showing it while it comes, unless told otherwise. */
export function capture(program, args, { isShown = true, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (isShown) process.stdout.write(chunk);
      });
    }
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

function hashOf(text) {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return `-${hash}`;
}

/** Chromium's switches for WebGPU without a graphics card. */
export const EMULATED_WEBGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // The compositor must draw with Vulkan too: a WebGPU canvas cannot cross to its default GL, and crashes the GPU process.
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--ignore-gpu-blocklist',
];
