import { useWorkspace, useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { useLift, useLiftState } from './lift-context.ts';
import { STAGE_TEXTS } from './texts.ts';

/** Over the panes: what to do without a photo, what is being opened, and a worker that has stopped. */
export function PaneCover() {
  const workspace = useWorkspace();
  const lift = useLift();
  const photo = useLiftState((state) => state.photo);
  const facts = useLiftState((state) => state.facts);
  const opening = useLiftState((state) => state.opening);
  const stopped = useLiftState((state) => state.stopped);
  const isFetching = useWorkspaceState((state) => state.photos.a.opening !== null);
  const sample = useWorkspaceState((state) => state.samples[0]);
  if (stopped) {
    return (
      <div className="cover lift-cover" role="alert">
        <p>
          {stopped.message}
          <br />
          <span className="muted">{stopped.remedy}</span>
        </p>
        <button type="button" className="button primary" onClick={() => lift.restart()}>
          Start again
        </button>
      </div>
    );
  }
  if (!photo && !isFetching) {
    return (
      <div className="cover lift-cover">
        <p>
          <b>One photo becomes a pair with exact truth.</b>
          <br />
          Drop a photo here, with its depth map if there is one. Then drag the new view.
        </p>
        {sample && (
          <button type="button" className="button primary" onClick={() => void workspace.photos.openSample(sample.id)}>
            Try a sample
          </button>
        )}
      </div>
    );
  }
  if (facts && !opening) return null;
  const text = opening ? STAGE_TEXTS[opening.stage] : isFetching ? 'Opening the photo' : 'Rendering';
  return (
    <div className={facts ? 'lift-chip' : 'cover lift-cover'} role="status">
      <p>
        <span className="spinner" aria-hidden="true" /> {text} …
      </p>
      {opening?.fraction != null && <progress aria-label={text} max={1} value={opening.fraction} />}
      {opening && lift.opening.source?.kind === 'network' && (
        <button type="button" className="button" onClick={() => lift.chooseDepth({ kind: 'estimate' })}>
          Use the estimate instead
        </button>
      )}
    </div>
  );
}
