import { Failure } from '../../../../ui/failure.tsx';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { chosenFiles } from '../../state/batch/dropped-files.ts';
import { openBatch } from '../../state/batch/open-batch.ts';
import { BATCH_EXPORTS } from '../../../../exports/index.ts';
import { Dialog } from '../../../../ui/dialog.tsx';
import { saveFile } from '../../../../ui/save-file.ts';
import { useWorkspace } from '../workspace-context.ts';
import { BatchActions } from './batch-actions.tsx';
import { BatchFiles } from './batch-files.tsx';
import { PairTable } from './pair-table.tsx';
import './batch.css';
import type { ArchiveHandle } from '../../contract/archive.ts';

const NAME = 'liftmatch-pairs.zip';

/** Many pairs in one go, with all their files as one ZIP archive. Goes on while it is closed. */
export default function BatchDialog({ onClose }: { onClose: () => void }) {
  const workspace = useWorkspace();
  const batch = openBatch(workspace);
  const state = useStore(batch.store);
  useEffect(() => {
    const { photos } = workspace;
    const before = photos.interceptor;
    // Photos that are dropped or pasted beside the field are meant for it, too.
    photos.interceptor = ({ files }) => {
      if (files.length === 0) return false;
      void batch.choose(chosenFiles(files));
      return true;
    };
    return () => {
      photos.interceptor = before;
    };
  }, [workspace, batch]);
  const { pairs, formats, status, error } = state;
  const isRunning = status !== 'idle' && status !== 'finished';

  const run = async () => {
    // Asked first: browsers show the dialog only at once after a click.
    const handle = await pickArchive(NAME);
    if (handle === undefined) return;
    const blob = await batch.run(handle);
    if (blob) saveFile(blob, NAME);
  };

  return (
    <Dialog title="Match many pairs" className="batch-dialog" onClose={onClose}>
      <div className="stack">
        {!isRunning && <BatchFiles batch={batch} state={state} />}
        {pairs.length > 0 && <PairTable state={state} />}
        {!isRunning && pairs.length > 0 && (
          <fieldset className="batch-formats">
            <legend>Files of each pair</legend>
            {BATCH_EXPORTS.map(({ name, label, text }) => (
              <label key={name} title={text}>
                <input type="checkbox" checked={formats.includes(name)} onChange={() => batch.toggle(name)} />
                {label}
              </label>
            ))}
          </fieldset>
        )}
        {error && <Failure error={error} />}
        <BatchActions batch={batch} state={state} onRun={() => void run()} onClose={onClose} />
      </div>
    </Dialog>
  );
}

type Picker = (options: object) => Promise<ArchiveHandle>;

/**
 * Asks where the archive is to be written, where the browser can write into a file piece by piece.
 * @returns the file; null where the browser cannot, and the archive is saved as a download; undefined where the person
 * changed their mind
 */
async function pickArchive(name: string): Promise<ArchiveHandle | null | undefined> {
  const pick = (window as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (!pick) return null;
  try {
    return await pick({ suggestedName: name, types: [{ accept: { 'application/zip': ['.zip'] } }] });
  } catch (thrown) {
    // In frames of other sites it is there and forbidden.
    return thrown instanceof DOMException && thrown.name === 'AbortError' ? undefined : null;
  }
}
