import type { Batch } from '../../state/batch/batch.ts';
import type { BatchState } from '../../state/batch/types.ts';
import { STAGE_NAMES } from '../stage/stage-names.ts';

interface BatchActionsProps {
  batch: Batch;
  state: BatchState;
  onRun: () => void;
  onClose: () => void;
}

/** How far the batch is, and what can be done now. */
export function BatchActions({ batch, state, onRun, onClose }: BatchActionsProps) {
  const { pairs, status, formats, progress } = state;
  const ended = pairs.filter((pair) => pair.state === 'done' || pair.state === 'failed').length;
  const failed = pairs.filter((pair) => pair.state === 'failed').length;
  const isRunning = status !== 'idle' && status !== 'finished';
  return (
    <>
      {isRunning && (
        <div className="batch-progress" role="status">
          <progress aria-label="Pairs done" value={ended} max={pairs.length} />
          <span>
            {ended} of {pairs.length} pairs{failed ? `, ${failed} failed` : ''}
            <small>{statusText(state, progress ? STAGE_NAMES[progress.stage].doing : null)}</small>
          </span>
        </div>
      )}
      {status === 'finished' && (
        <p role="status">
          {ended - failed} of {pairs.length} pairs are in the archive, with summary.csv
          {failed ? `; ${failed} failed.` : '.'}
        </p>
      )}
      {isRunning && (
        <p className="hint">It goes on while this dialog is closed; the pair on the page is not disturbed.</p>
      )}
      <div className="dialog-actions">
        {!isRunning && (
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
        )}
        {isRunning && status !== 'saving' && (
          <>
            <button type="button" className="button" onClick={() => batch.cancel()}>
              Cancel
            </button>
            <button type="button" className="button" onClick={() => batch.stop()}>
              Stop and save
            </button>
            {status === 'running' ? (
              <button type="button" className="button" onClick={() => batch.pause()}>
                Pause
              </button>
            ) : (
              <button type="button" className="button primary" onClick={() => batch.resume()}>
                Resume
              </button>
            )}
          </>
        )}
        {!isRunning && (
          <button
            type="button"
            className="button primary"
            disabled={pairs.length === 0 || formats.length === 0}
            onClick={onRun}
          >
            {pairs.length === 1 ? 'Match 1 pair' : `Match ${pairs.length || ''} pairs`}
          </button>
        )}
      </div>
    </>
  );
}

function statusText({ status }: BatchState, stage: string | null): string {
  if (status === 'paused') return 'Paused.';
  if (status === 'pausing') return 'Pauses after this pair.';
  if (status === 'saving') return 'Writing the end of the archive.';
  return stage ?? 'Starting its own engine.';
}
