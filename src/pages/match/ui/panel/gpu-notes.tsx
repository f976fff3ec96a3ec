import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { useState } from 'react';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { CloseIcon } from '../../../../ui/icons.tsx';

/** Says what is different without WebGPU, and why; where the browser has it, its GPU can be tried again. */
export function NoWebgpuNote() {
  const workspace = useWorkspace();
  const [isDismissed, setIsDismissed] = useState(false);
  const info = useWorkspaceState((state) => state.engine.info);
  if (!info || info.adapter !== null || isDismissed) return null;
  return (
    <div className="note" role="status" data-note="no-webgpu">
      <p>
        <b>Working without WebGPU.</b> {info.providerReason} The pictures are drawn on the CPU as well: slower and
        coarser, and the morph is a blend.{' '}
        {!info.canTryGpu && 'A recent Chrome, Edge, Firefox or Safari on a machine with a graphics card does better.'}
      </p>
      {info.canTryGpu && (
        <button type="button" className="button" onClick={() => workspace.tryGpuAgain()}>
          Try the GPU again
        </button>
      )}
      <IconButton label="Dismiss" onClick={() => setIsDismissed(true)}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}

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
