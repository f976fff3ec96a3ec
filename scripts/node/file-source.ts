import { open } from 'node:fs/promises';
import type { ByteSource } from '../../src/formats/byte-source.ts';
import { checkRange, unreadable } from '../../src/formats/byte-source.ts';

/** A file of the disk as a source; the handle stays open until {@link FileSource.close}. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** Opens `path` for reading. Throws what the file system throws (ENOENT and so on) when it cannot be opened. */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    size,
    async read(begin, end) {
      checkRange(begin, end, size);
      const bytes = new Uint8Array(end - begin);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, begin + filled);
        if (bytesRead === 0) throw unreadable(new Error(`${path} shrank while it was being read`));
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
