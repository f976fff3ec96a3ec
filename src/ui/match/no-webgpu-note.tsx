import { useState } from 'react';
import { IconButton } from '../common/icon-button.tsx';
import { CloseIcon } from '../common/icons.tsx';
import { useWorkspaceState } from '../workspace-context.ts';

/** Says what is different in a browser without WebGPU. */
export function NoWebgpuNote() {
  const [isDismissed, setIsDismissed] = useState(false);
  const info = useWorkspaceState((state) => state.engine.info);
  if (!info || info.adapter !== null || isDismissed) return null;
  return (
    <div className="note" role="status" data-note="no-webgpu">
      <p>
        <b>No WebGPU in this browser.</b> {info.providerReason} Matching runs on the processor, and warp, certainty and matches
        are drawn without the graphics card. For all views use a recent Chrome, Edge, Firefox or Safari.
      </p>
      <IconButton label="Dismiss" onClick={() => setIsDismissed(true)}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
