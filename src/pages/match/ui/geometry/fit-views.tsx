import type { FitResult } from '../../contract/geometry-fit.ts';
import { Switch } from '../../../../ui/switch.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** Where the fit can be seen. */
export function FitViews({ fit }: { fit: FitResult }) {
  const workspace = useWorkspace();
  const view = useWorkspaceState((state) => state.view);
  return (
    <>
      <Switch
        label="Matches in two colours"
        checked={view.colorBy === 'inliers'}
        hint="Blue: explained by this model. Orange: not."
        onChange={(isOn) =>
          workspace.updateView(isOn ? { colorBy: 'inliers', view: 'matches' } : { colorBy: 'position' })
        }
      />
      {fit.model === 'homography' ? (
        <div className="halves">
          <button
            type="button"
            className="button"
            onClick={() => workspace.updateView({ view: 'compare', compareBy: 'plane', compareMode: 'blend' })}
          >
            B on A
          </button>
          <button
            type="button"
            className="button"
            onClick={() => workspace.updateView({ view: 'compare', compareBy: 'panorama', compareMode: 'blend' })}
          >
            Panorama
          </button>
        </div>
      ) : (
        <p className="hint">Point at a photo: the line in the other one is where the place must lie.</p>
      )}
    </>
  );
}
