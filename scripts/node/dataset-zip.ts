import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ZipTarget } from '../../src/exports/dataset/zip-sink.ts';

/** A file of the disk as an archive's target; it gets its name only when it is whole. */
export async function zipFile(path: string): Promise<ZipTarget> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.part`;
  const handle = await open(partial, 'w');
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
    },
    async close() {
      await handle.close();
      await rename(partial, path);
      return null;
    },
    async abort() {
      await handle.close();
      await rm(partial, { force: true });
    },
  };
}
