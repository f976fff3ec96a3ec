import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** Shown once the engine has been given up; the photos are still here. */
export function StoppedEngine() {
  const workspace = useWorkspace();
  const isStopped = useWorkspaceState((state) => state.engine.status === 'stopped');
  if (!isStopped) return null;
  return (
    <div className="job" role="alert">
      <div className="job-text">The engine is not running.</div>
      <button type="button" className="button primary" onClick={() => workspace.link.retry()}>
        Start it again
      </button>
    </div>
  );
}
