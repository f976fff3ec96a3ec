import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** Says that the GPU computes the model wrongly, and offers to check it again: a driver may have been mended since. */
export function GpuCheckNote() {
  const workspace = useWorkspace();
  const info = useWorkspaceState((state) => state.engine.info);
  if (info?.check?.verdict !== 'wrong') return null;
  return (
    <div className="note" role="status" data-note="gpu-check">
      <p>
        <b>Matched without the GPU.</b> {info.providerReason} An update of the graphics driver or of the browser may
        mend that.
      </p>
      <button type="button" className="button" onClick={() => workspace.tryGpuAgain()}>
        Try the GPU again
      </button>
    </div>
  );
}
