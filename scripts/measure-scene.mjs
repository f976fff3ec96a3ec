import { parseArgs } from 'node:util';
import { createServer } from 'vite';
import { ROOT } from './node/tools.mjs';

// `node scripts/measure-scene.mjs [--gaussians N] [--size WxH] [--only truth|sample|times]`: how true labels are on scenes
// of known shape and (at 256×192 and 640×480) on the sample scene, and the
// times of the scene renderers, on the CPU and by WGSL in Node's Dawn (SwiftShader where Chromium's is found, else the
// machine's GPU; VK_ICD_FILENAMES chooses a driver). Nothing to install but the packages.
const { values } = parseArgs({
  options: {
    gaussians: { type: 'string', default: '100000' },
    size: { type: 'string', default: '640x360' },
    only: { type: 'string', default: 'all' },
  },
});
const server = await createServer({
  root: ROOT,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, watch: null, ws: false },
});
try {
  const { measureTruth, measureTimes } = await server.ssrLoadModule('/scripts/bench/scene.ts');
  const [width, height] = values.size.split('x').map(Number);
  const isWanted = (part) => values.only === 'all' || values.only === part;
  if (isWanted('truth')) measureTruth();
  if (isWanted('sample')) {
    const { measureSample } = await server.ssrLoadModule('/scripts/bench/scene-sample.ts');
    await measureSample(256, 192);
    await measureSample(640, 480);
  }
  if (isWanted('times')) await measureTimes(Number(values.gaussians), width, height);
} finally {
  await server.close();
}
// Dawn keeps threads of its own.
process.exit(0);
