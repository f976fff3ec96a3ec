import type { DatasetTarget } from '../core/dataset-target.ts';
import { isCancelled } from '../core/errors.ts';

interface WriteToProps {
  /** Name that the ZIP is offered under. */
  zipName: string;
  canWrite: boolean;
  /** What a folder may hold from an earlier time, as "part of the export". */
  part: string;
  /** Asks the person where to; the answer is null where they chose nothing. */
  onWrite: (ask: () => Promise<DatasetTarget | null>) => void;
}

/** A dataset goes to a ZIP, or to a folder where the browser can write into one. */
export function WriteTo({ zipName, canWrite, part, onWrite }: WriteToProps) {
  return (
    <>
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={!canWrite}
          onClick={() => onWrite(() => chooseZip(zipName))}
        >
          Write a ZIP
        </button>
        {hasFolders() && (
          <button type="button" className="button" disabled={!canWrite} onClick={() => onWrite(chooseFolder)}>
            Write to a folder
          </button>
        )}
      </div>
      {hasFolders() && <p className="hint">A folder that holds {part} already is completed.</p>}
    </>
  );
}

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
const hasFolders = (): boolean => pickers().showDirectoryPicker !== undefined;

/** Asks for the folder to write to; null where the person chose none. */
async function chooseFolder(): Promise<DatasetTarget | null> {
  return unlessCancelled(async () => ({
    kind: 'directory',
    handle: await pickers().showDirectoryPicker!({ mode: 'readwrite' }),
  }));
}

/** Asks for the ZIP to write to where the browser can write as it goes; elsewhere the ZIP is gathered in memory. */
async function chooseZip(name: string): Promise<DatasetTarget | null> {
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
