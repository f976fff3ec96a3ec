import { DEFAULT_CAMERA, isZoomed, zoomCentre } from '../../../core/viewer/zoom.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { FitIcon, MinusIcon, PlusIcon } from '../../../ui/icons.tsx';
import { useCompareSettings } from './compare-context.ts';

const STEP = 1.5;

/** Zoom of all photos in all columns. */
export function ZoomControls() {
  const [{ camera }, update] = useCompareSettings();
  const zoom = (factor: number) => update({ camera: zoomCentre(camera, factor) });
  return (
    <div className="field">
      <div className="row compare-zoom" role="group" aria-label="Zoom">
        <IconButton label="Zoom out" onClick={() => zoom(1 / STEP)} disabled={camera.scale <= 1}>
          <MinusIcon />
        </IconButton>
        <output>{Math.round(camera.scale * 100)} %</output>
        <IconButton label="Zoom in" onClick={() => zoom(STEP)}>
          <PlusIcon />
        </IconButton>
        <IconButton
          label="Whole photos"
          onClick={() => update({ camera: DEFAULT_CAMERA })}
          disabled={!isZoomed(camera)}
        >
          <FitIcon />
        </IconButton>
      </div>
      <p className="hint">All photos together: Ctrl + wheel or pinch, drag; + − 0 and arrows on a map.</p>
    </div>
  );
}
