import type { ByteSink } from '../core/byte-sink.ts';
import type { ModelSink } from './manifest.ts';

/**
 * A folder of the origin's private file system (or one that the person picked) as a place for models. A file
 * that is given up is removed; one that is not closed yet is not seen under its name.
 */
export function directorySink(directory: FileSystemDirectoryHandle): ModelSink {
  return {
    async open(file) {
      const handle = await directory.getFileHandle(file, { create: true });
      const remove = (): Promise<void> => directory.removeEntry(file).catch(() => {});
      // Safari before 26 has no writable streams here, only synchronous handles, and those in workers alone.
      return 'createWritable' in handle
        ? writableSink(await handle.createWritable(), remove)
        : syncSink(handle, remove);
    },
  };
}

function writableSink(stream: FileSystemWritableFileStream, remove: () => Promise<void>): ByteSink {
  return {
    write: (bytes) => stream.write(bytes as Uint8Array<ArrayBuffer>),
    close: () => stream.close(),
    async abort() {
      await stream.abort().catch(() => {});
      await remove();
    },
  };
}

async function syncSink(handle: FileSystemFileHandle, remove: () => Promise<void>): Promise<ByteSink> {
  const access = await handle.createSyncAccessHandle();
  access.truncate(0);
  let position = 0;
  return {
    async write(bytes) {
      position += access.write(bytes as Uint8Array<ArrayBuffer>, { at: position });
    },
    async close() {
      access.flush();
      access.close();
    },
    async abort() {
      access.close();
      await remove();
    },
  };
}
