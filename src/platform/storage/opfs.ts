import type { ByteSink } from '../../core/byte-sink.ts';
import { CodedError } from '../../core/errors.ts';
import type { PartialFile } from './download.ts';

const OPFS_SCHEME = 'opfs:';

/** Opens (and makes) the folder of the models. @throws CodedError `storage-missing` */
export async function openModelsFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(MODELS_FOLDER, { create: true });
  } catch (cause) {
    throw new CodedError(
      'storage-missing',
      'This browser lets the page keep no files, so models cannot be installed.',
      'Leave the private window, allow site data, or open the page outside of a frame.',
      { cause },
    );
  }
}

/** The address of a file of the models' folder, for {@link readOpfsFile}; `version` only tells contents apart. */
export const opfsUrl = (path: readonly string[], version: number): string =>
  `${OPFS_SCHEME}${path.join('/')}?${version}`;

export const isOpfsUrl = (url: string): boolean => url.startsWith(OPFS_SCHEME);

/** The folder that holds the file of an `opfs:` address, and the file's name. Throws where a folder is not there. */
export async function openOpfsFolder(url: string): Promise<{ folder: FileSystemDirectoryHandle; name: string }> {
  const path = pathOf(url);
  let folder = await openModelsFolder();
  for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
  return { folder, name: path[path.length - 1] };
}

const pathOf = (url: string): string[] => url.slice(OPFS_SCHEME.length).replace(/\?.*$/, '').split('/');

/** The file at an `opfs:` address, or the one called `sibling` beside it. @throws CodedError `model-gone` */
export async function readOpfsFile(url: string, sibling?: string): Promise<File> {
  const name = sibling ?? pathOf(url).at(-1)!;
  try {
    const { folder } = await openOpfsFolder(url);
    return await (await folder.getFileHandle(name)).getFile();
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError(
      'model-gone',
      `The installed model has no file ${name} any more.`,
      'Install the model again in the Models panel; the browser may have cleared its storage.',
      { cause },
    );
  }
}

/** A file that is appended to in place, so that what has been written survives the page. Exists in workers only. */
export class OpfsPartialFile implements PartialFile {
  private constructor(private readonly access: FileSystemSyncAccessHandle) {}

  static async open(folder: FileSystemDirectoryHandle, name: string): Promise<OpfsPartialFile> {
    const handle = await folder.getFileHandle(name, { create: true });
    return new OpfsPartialFile(await handle.createSyncAccessHandle());
  }

  get size(): number {
    return this.access.getSize();
  }

  read(into: Uint8Array, at: number): number {
    return this.access.read(into as Uint8Array<ArrayBuffer>, { at });
  }

  append(bytes: Uint8Array): void {
    writeAll(this.access, bytes, this.access.getSize());
  }

  truncate(size: number): void {
    this.access.truncate(size);
  }

  flush(): void {
    this.access.flush();
  }

  close(): void {
    this.access.close();
  }
}

/** A new file in `folder` that is written from start to end without being held in memory. */
export async function opfsSink(folder: FileSystemDirectoryHandle, name: string): Promise<ByteSink> {
  const handle = await folder.getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  access.truncate(0);
  let at = 0;
  return {
    async write(bytes) {
      writeAll(access, bytes, at);
      at += bytes.byteLength;
    },
    async close() {
      access.flush();
      access.close();
    },
    async abort() {
      access.close();
      await folder.removeEntry(name).catch(() => {});
    },
  };
}

function writeAll(access: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  let written = 0;
  let cause: unknown;
  try {
    written = access.write(bytes as Uint8Array<ArrayBuffer>, { at });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
    cause = error;
  }
  // A full disk shows as an error in some browsers and as a short write in others.
  if (written !== bytes.byteLength)
    throw storageFull('The browser’s storage is full: the file could not be written to its end.', cause);
}

/** The error of a storage without room for what comes. */
export function storageFull(message: string, cause?: unknown): CodedError {
  return new CodedError(
    'storage-full',
    message,
    'Remove a model that you do not need, or free space on the disk. A private window has less room.',
    {
      cause,
    },
  );
}

/** Folder of this origin's private file system that holds everything about models. */
export const MODELS_FOLDER = 'models';
