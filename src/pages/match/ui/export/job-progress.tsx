import type { Progress } from '../../../../core/match.ts';
import { megabytes } from '../../../../ui/format.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { STAGE_NAMES } from '../stage/stage-names.ts';

/** What the engine is doing, with a way to stop it; after a stop, a way to go on. */
export function JobProgress() {
  const workspace = useWorkspace();
  const job = useWorkspaceState((state) => state.job);
  const isStarting = useWorkspaceState((state) => state.engine.status === 'starting');
  const canMatch = useWorkspaceState(
    ({ photos, result, engine, models }) =>
      !!photos.a.photo &&
      !!photos.b.photo &&
      photos.a.opening === null &&
      photos.b.opening === null &&
      !result &&
      engine.status === 'ready' &&
      models.length > 0,
  );
  if (job) {
    const fraction = job.progress?.fraction ?? null;
    const text = job.stage ? STAGE_NAMES[job.stage].doing : 'Starting';
    return (
      <div className="job" role="status">
        <div className="job-text">
          {text}
          {job.progress && <small>{bytesText(job.progress)}</small>}
        </div>
        <progress aria-label={text} {...(fraction === null ? {} : { value: fraction })} max={1} />
        <button
          type="button"
          className="button"
          title={job.soFar ? 'Looks no further and keeps the best match so far' : undefined}
          onClick={() => workspace.matching.stop()}
        >
          {job.soFar ? 'Stop' : 'Cancel'}
        </button>
      </div>
    );
  }
  if (isStarting) {
    return (
      <div className="job" role="status">
        <span className="spinner" aria-hidden="true" />
        <div className="job-text">Starting the engine</div>
      </div>
    );
  }
  if (!canMatch) return null;
  return (
    <div className="job">
      <div className="job-text">Not matched yet</div>
      <button type="button" className="button primary" onClick={() => workspace.matching.request()}>
        Match
      </button>
    </div>
  );
}

function bytesText({ bytes }: Progress): string {
  if (!bytes) return '';
  return bytes.total ? ` ${megabytes(bytes.loaded)} of ${megabytes(bytes.total)}` : ` ${megabytes(bytes.loaded)}`;
}
