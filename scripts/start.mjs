import { spawn } from 'node:child_process';
import { installPackages, ROOT, run } from './node/tools.mjs';

// `npm start`: installs what is missing, builds, serves the build and opens it where there is a browser.
installPackages();
run('npx', ['vite', 'build', '--logLevel', 'warn'], { shell: process.platform === 'win32' });

const { preview } = await import('vite');
const wanted = Number(process.env.PORT) || 5173;
const server = await preview({ root: ROOT, preview: { port: wanted, host: process.env.HOST || 'localhost' } });
const address = server.resolvedUrls.local[0] ?? server.resolvedUrls.network[0];
console.log(`\nLiftMatch runs at ${address}\nCtrl+C stops it.`);
openBrowser(address);

function openBrowser(url) {
  const isDesktop = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!isDesktop || process.env.CI || process.env.BROWSER === 'none') return;
  const [program, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform] ?? ['xdg-open'];
  // A machine without such a program has the address on the terminal.
  spawn(program, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
