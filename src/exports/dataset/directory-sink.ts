import type { DatasetSink } from './sink.ts';

/** A folder that the person chose. Writing through a handle replaces a file only when it is closed. */
export function directorySink(root: FileSystemDirectoryHandle): DatasetSink {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>([['', Promise.resolve(root)]]);

  /** Null where it is missing and not to be made. */
  async function folderOf(path: string, create: boolean): Promise<FileSystemDirectoryHandle | null> {
    const at = path.lastIndexOf('/');
    const folder = path.slice(0, Math.max(0, at));
    let found = folders.get(folder);
    if (!found) {
      const parent = await folderOf(folder, create);
      if (!parent) return null;
      found = parent.getDirectoryHandle(folder.slice(folder.lastIndexOf('/') + 1), { create });
      folders.set(folder, found);
    }
    try {
      return await found;
    } catch (error) {
      // Forgotten, so that it may be made later.
      folders.delete(folder);
      if (!create && isMissing(error)) return null;
      throw error;
    }
  }

  /** A file with anything in it. */
  async function fileOf(path: string): Promise<File | null> {
    const folder = await folderOf(path, false);
    if (!folder) return null;
    try {
      const file = await (await folder.getFileHandle(nameOf(path))).getFile();
      // Asking for a handle makes the file at once; it stays empty where the tab was closed before the write.
      return file.size > 0 ? file : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  return {
    async read(path) {
      const file = await fileOf(path);
      return file && new Uint8Array(await file.arrayBuffer());
    },
    async has(path) {
      return (await fileOf(path)) !== null;
    },
    async write(path, bytes) {
      const folder = await folderOf(path, true);
      const handle = await folder!.getFileHandle(nameOf(path), { create: true });
      const stream = await handle.createWritable();
      try {
        await stream.write(bytes);
      } catch (error) {
        await stream.abort().catch(() => {});
        throw error;
      }
      await stream.close();
    },
    finish: async () => null,
    abort: async () => {},
  };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === 'NotFoundError';
