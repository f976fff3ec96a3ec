import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Some static hosts (Cloudflare Pages among them) refuse larger files. */
export const MAX_FILE_BYTES = 25 * 2 ** 20;

/**
 * Gzips assets of the build that are too large for some hosts, as `<name>.gz`, and leaves the originals out. What loads
 * such a file asks for the packed one in a build: see src/platform/runtime/packed-file.ts.
 */
export function packLargeFiles(limit = MAX_FILE_BYTES): Plugin {
  return {
    name: 'pack-large-files',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        if (file.type !== 'asset' || file.source.length <= limit) continue;
        const source = gzipSync(file.source, { level: 9 });
        if (source.length > limit) this.error(`${fileName} is over ${limit} bytes even when packed.`);
        delete bundle[fileName];
        this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source });
      }
    },
  };
}
