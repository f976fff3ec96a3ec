import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatasetSink } from '../../src/exports/dataset/sink.ts';

/** A folder of the disk as a dataset's target. Files get their names only when they are whole. */
export function datasetFolder(folder: string): DatasetSink {
  const made = new Set<string>();
  return {
    async read(path) {
      try {
        return new Uint8Array(await readFile(join(folder, path)));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async has(path) {
      try {
        return (await stat(join(folder, path))).isFile();
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
    async write(path, bytes) {
      const target = join(folder, path);
      const parent = dirname(target);
      if (!made.has(parent)) await mkdir(parent, { recursive: true });
      made.add(parent);
      await writeFile(`${target}.part`, bytes);
      await rename(`${target}.part`, target);
    },
    finish: async () => null,
    abort: async () => {},
  };
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
