import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Kept on the first visit besides the app's own pages, scripts and styles. */
const LISTS = ['models/index.json', 'samples/index.json'];
/** Runtime files and the HDF5 library, which are kept once they were used: nobody needs all of them. */
const ON_USE = /\.wasm(\.gz)?$|\/(ort|hdf5)/;

/**
 * Tells `service-worker.js` what the build consists of. It is an input of the build as any other; this fills in its
 * `__BUILD__`, after every other file has its name.
 */
export function describeBuildToServiceWorker(): Plugin {
  let publicFiles: string[] = [];
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved({ publicDir }) {
      publicFiles = publicDir ? readdirSync(publicDir).filter((name) => name.endsWith('.html')) : [];
    },
    generateBundle: {
      // After files were packed or renamed.
      order: 'post',
      handler(_, bundle) {
        const worker = bundle['service-worker.js'];
        if (worker?.type !== 'chunk') this.error('service-worker.js is not among the build’s files.');
        const isApp = (name: string) =>
          name !== worker.fileName && !name.endsWith('.map') && !name.startsWith('.vite/');
        const all = Object.keys(bundle).filter(isApp);
        const [hashed, files] = [all.filter((name) => ON_USE.test(name)), all.filter((name) => !ON_USE.test(name))];
        const pages = files.filter((name) => !publicFiles.includes(name));
        const version = createHash('sha256')
          .update(all.sort().join('\n'))
          .update(worker.code)
          .digest('hex')
          .slice(0, 16);
        // The folder itself is index.html under another name.
        const build = { version, files: ['./', ...pages, ...LISTS].sort(), hashed };
        worker.code = worker.code.replaceAll('__BUILD__', JSON.stringify(build));
      },
    },
  };
}
