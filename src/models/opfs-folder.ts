import { MANIFEST_MAX_BYTES } from './manifest.ts';
import { opfsSink } from '../platform/storage/opfs.ts';

/** Names of the folders in `parent`. */
export async function folders(parent: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const [name, { kind }] of parent.entries()) if (kind === 'directory') names.push(name);
  return names;
}

/** Bytes of the files that lie in `folder` itself. */
export async function folderBytes(folder: FileSystemDirectoryHandle): Promise<number> {
  let bytes = 0;
  for await (const [, entry] of folder.entries()) {
    if (entry.kind === 'file') bytes += (await (entry as FileSystemFileHandle).getFile()).size;
  }
  return bytes;
}

export async function removeIfThere(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name, { recursive: true });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error;
  }
}

/** A JSON file that a store wrote; null where it is missing, cut off or too long to be one. */
export async function readJson(folder: FileSystemDirectoryHandle, name: string): Promise<unknown> {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return file.size <= MANIFEST_MAX_BYTES ? JSON.parse(await file.text()) : null;
  } catch {
    return null;
  }
}

export async function writeJson(folder: FileSystemDirectoryHandle, name: string, value: unknown): Promise<void> {
  const sink = await opfsSink(folder, name);
  try {
    await sink.write(new TextEncoder().encode(JSON.stringify(value)));
    await sink.close();
  } catch (error) {
    // An open file stays locked.
    await sink.abort();
    throw error;
  }
}
