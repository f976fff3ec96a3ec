import { Failure } from '../../../../ui/failure.tsx';
import { useEffect, useRef, useState } from 'react';
import { isCancelled, type PlainError, toPlainError } from '../../../../core/errors.ts';
import { EXPORTS } from '../../../../exports/index.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { Dialog } from '../../../../ui/dialog.tsx';
import { megabytes } from '../../../../ui/format.ts';
import { saveFile } from '../../../../ui/save-file.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { AnimationPreview } from './animation-preview.tsx';
import { ExportOptions } from './export-options.tsx';

type Outcome =
  /** `share` of the work done where it is known. */
  | { kind: 'saving'; share: number | null }
  | { kind: 'saved'; file: ExportedFile; isAnimation: boolean }
  | { kind: 'failed'; error: PlainError }
  | null;

interface ExportDialogProps {
  onClose: () => void;
  /** Many pairs are wanted instead. */
  onBatch: () => void;
}

/** Saves the present match as one of the formats. */
export default function ExportDialog({ onClose, onBatch }: ExportDialogProps) {
  const workspace = useWorkspace();
  const hasResult = useWorkspaceState((state) => state.result !== null && state.job === null);
  const chosen = useWorkspaceState((state) => state.exports.format);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const running = useRef<AbortController | null>(null);
  // Closing the dialog gives the file up.
  useEffect(() => () => running.current?.abort(), []);

  const save = async () => {
    const controller = new AbortController();
    running.current = controller;
    setOutcome({ kind: 'saving', share: null });
    try {
      const file = await workspace.exporting.make(workspace.exporting.choice(), {
        signal: controller.signal,
        onProgress: ({ fraction }) => setOutcome({ kind: 'saving', share: fraction }),
      });
      saveFile(file.blob, file.name);
      setOutcome({ kind: 'saved', file, isAnimation: chosen === 'animation' });
    } catch (thrown) {
      setOutcome(isCancelled(thrown) ? null : { kind: 'failed', error: toPlainError(thrown) });
    }
  };

  return (
    <Dialog title="Export" onClose={onClose}>
      <div className="stack">
        <fieldset className="formats">
          <legend className="visually-hidden">Format</legend>
          {EXPORTS.map(({ name: format, label, ending, text }) => {
            return (
              <label key={format} className="format">
                <input
                  type="radio"
                  name="format"
                  checked={chosen === format}
                  onChange={() => {
                    workspace.exporting.change({ format });
                    setOutcome(null);
                  }}
                />
                <span>
                  <b>{label}</b> <small>{ending}</small>
                  <small className="format-text">{text}</small>
                </span>
              </label>
            );
          })}
        </fieldset>
        <ExportOptions />
        <div role="status">{outcome?.kind === 'saved' && <Saved file={outcome.file} />}</div>
        {outcome?.kind === 'saved' && outcome.isAnimation && <AnimationPreview file={outcome.file} />}
        {outcome?.kind === 'saving' && (
          <div className="export-progress">
            <progress aria-label="Writing the file" value={outcome.share ?? undefined} />
            <button type="button" className="button" onClick={() => running.current?.abort()}>
              Cancel
            </button>
          </div>
        )}
        {outcome?.kind === 'failed' && <Failure error={outcome.error} />}
        {!hasResult && <p className="hint">There is no match yet: open two photos and wait for it.</p>}
        <div className="dialog-actions">
          <button type="button" className="button quiet dialog-aside" onClick={onBatch}>
            Many pairs…
          </button>
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <button
            type="button"
            className="button primary"
            disabled={!hasResult || outcome?.kind === 'saving'}
            onClick={() => void save()}
          >
            Save
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Saved({ file }: { file: ExportedFile }) {
  return (
    <>
      <p>
        Saved as <b>{file.name}</b> ({megabytes(file.blob.size)}).
      </p>
      {file.notes.map((note) => (
        <p key={note} className="hint">
          {note}
        </p>
      ))}
    </>
  );
}
