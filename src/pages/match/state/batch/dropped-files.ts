import { CodedError } from '../../../../core/errors.ts';
import type { BatchFile } from './pairing.ts';

/** Files of a folder that are looked at: a mistaken drop of a whole disk must end. */
const MAX_FILES = 20_000;

/** Files chosen in a dialog; those of a folder carry their paths. */
export const chosenFiles = (files: Iterable<File>): BatchFile[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));

/**
 * Everything in what was dropped, folders and their folders included. To be called within the event, before anything is
 * awaited. Throws `batch-too-many-files`.
 */
export async function droppedFiles(data: DataTransfer): Promise<BatchFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  // Files without an entry: older browsers, and tests.
  const loose = [...data.files].filter((_, i) => !entries[i]);
  const found = chosenFiles(loose);
  const folders = entries.filter((entry) => entry !== null);
  while (folders.length > 0) {
    const entry = folders.shift()!;
    if (entry.isDirectory) folders.push(...(await listFolder(entry as FileSystemDirectoryEntry)));
    else found.push(await openEntry(entry as FileSystemFileEntry));
    if (found.length + folders.length > MAX_FILES) {
      throw new CodedError(
        'batch-too-many-files',
        `There are more than ${MAX_FILES} files in it.`,
        'Choose a folder that holds only the photos to match.',
      );
    }
  }
  return found;
}

/** A folder's entries come in portions; an empty one is the last. */
async function listFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return entries;
    entries.push(...portion);
  }
}

async function openEntry(entry: FileSystemFileEntry): Promise<BatchFile> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return { path: entry.fullPath.replace(/^\//, ''), file };
}
