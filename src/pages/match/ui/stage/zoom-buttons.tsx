import { DEFAULT_CAMERA, isZoomed, zoomCentre } from '../../../../core/viewer/zoom.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { FitIcon, MinusIcon, PlusIcon } from '../../../../ui/icons.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

export function ZoomButtons() {
  const workspace = useWorkspace();
  const camera = useWorkspaceState((state) => state.view.camera);
  const zoom = (factor: number) => workspace.updateView({ camera: zoomCentre(camera, factor) });
  return (
    <div className="zoom-buttons" role="group" aria-label="Zoom">
      <IconButton label="Zoom out" onClick={() => zoom(1 / 1.5)} disabled={camera.scale <= 1}>
        <MinusIcon />
      </IconButton>
      <span className="zoom-value">{Math.round(camera.scale * 100)} %</span>
      <IconButton label="Zoom in" onClick={() => zoom(1.5)}>
        <PlusIcon />
      </IconButton>
      <IconButton
        label="Fit photos"
        onClick={() => workspace.updateView({ camera: DEFAULT_CAMERA })}
        disabled={!isZoomed(camera)}
      >
        <FitIcon />
      </IconButton>
    </div>
  );
}
