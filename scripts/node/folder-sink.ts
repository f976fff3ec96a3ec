import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelSink } from '../../src/models/manifest.ts';

/** A folder of the disk, made when the first file is opened. Files appear under their names only when complete. */
export function folderSink(folder: string): ModelSink {
  return {
    async open(file) {
      await mkdir(folder, { recursive: true });
      const target = join(folder, file);
      const partial = `${target}.part`;
      const handle = await open(partial, 'w');
      return {
        async write(bytes) {
          for (let at = 0; at < bytes.byteLength; )
            at += (await handle.write(bytes, at, bytes.byteLength - at)).bytesWritten;
        },
        async close() {
          await handle.close();
          await rename(partial, target);
        },
        async abort() {
          await handle.close().catch(() => {});
          await rm(partial, { force: true }).catch(() => {});
        },
      };
    },
  };
}
