import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';

/** Says what a picture made by fitted cameras lacks, and fits them. */
export function CamerasControl() {
  const { geometry } = useWorkspace();
  const { settings, fit, job, error } = useWorkspaceState((state) => state.geometry);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  if (!hasResult || fit?.cameras) return null;
  if (settings.model === 'essential') {
    if (job) return <p className="hint">Fitting the cameras…</p>;
    return error && <p className="hint">{`${error.message} ${error.remedy}`}</p>;
  }
  return (
    <>
      <p className="hint">Depth is told by two cameras: it needs an essential matrix, fitted to this match.</p>
      <button type="button" className="button" onClick={() => geometry.update({ model: 'essential', threshold: null })}>
        Fit the cameras
      </button>
    </>
  );
}
