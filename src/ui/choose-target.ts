import type { DatasetTarget } from '../core/dataset-target.ts';
import { isCancelled } from '../core/errors.ts';

/** Dialogs that some browsers have and TypeScript's DOM does not. */
interface FilePickers {
  showDirectoryPicker?: (options: { mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }) => Promise<FileSystemFileHandle>;
}

const pickers = () => window as unknown as FilePickers;

/** Whether files can be written straight into a folder. */
export const hasFolders = (): boolean => pickers().showDirectoryPicker !== undefined;

/** Asks for the folder to write to; null where the person chose none. */
export async function chooseFolder(): Promise<DatasetTarget | null> {
  return unlessCancelled(async () => ({
    kind: 'directory',
    handle: await pickers().showDirectoryPicker!({ mode: 'readwrite' }),
  }));
}

/** Asks for the ZIP to write to where the browser can write as it goes; elsewhere the ZIP is gathered in memory. */
export async function chooseZip(name: string): Promise<DatasetTarget | null> {
  const { showSaveFilePicker } = pickers();
  if (!showSaveFilePicker) return { kind: 'zip', handle: null };
  const types = [{ description: 'ZIP', accept: { 'application/zip': ['.zip'] } }];
  return unlessCancelled(async () => ({
    kind: 'zip',
    handle: await showSaveFilePicker.call(window, { suggestedName: name, types }),
  }));
}

async function unlessCancelled(ask: () => Promise<DatasetTarget>): Promise<DatasetTarget | null> {
  try {
    return await ask();
  } catch (thrown) {
    if (isCancelled(thrown)) return null;
    throw thrown;
  }
}
