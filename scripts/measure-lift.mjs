import { createServer } from 'vite';
import { ROOT } from './node/tools.mjs';

// `node scripts/measure-lift.mjs [SIDE]`: milliseconds per frame of the lift studio's parts, on the CPU and by WGSL
// in Node's Dawn (SwiftShader where Chromium's is found, else the machine's GPU). Nothing to install but the packages.
const server = await createServer({
  root: ROOT,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, watch: null, ws: false },
});
try {
  const { measureLift } = await server.ssrLoadModule('/scripts/bench/lift.ts');
  await measureLift(Number(process.argv[2] ?? 512));
} finally {
  await server.close();
}
// Dawn keeps threads of its own.
process.exit(0);
