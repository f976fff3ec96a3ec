import { lazyPart } from '../../../../ui/lazy-part.tsx';
import { ChevronIcon } from '../../../../ui/icons.tsx';
import { percent } from '../../../../ui/format.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** Its code comes when somebody opens it. */
const GeometryPanel = lazyPart({ name: 'Geometry', as: 'panel', load: () => import('./geometry-panel.tsx') });

const NAMES = { homography: 'Homography', fundamental: 'F matrix', essential: 'E matrix' };

/** The part of the side panel that fits a model to the match. Open, it keeps the fit in step with the match. */
export function GeometrySection() {
  const { geometry } = useWorkspace();
  const isOpen = useWorkspaceState((state) => state.geometry.isOpen);
  const fit = useWorkspaceState((state) => state.geometry.fit);
  return (
    <details
      className="section geometry"
      open={isOpen}
      onToggle={({ currentTarget }) => (currentTarget.open ? geometry.open() : geometry.close())}
    >
      <summary>
        <span className="section-title">Geometry</span>
        {fit && (
          <span className="section-summary">
            {NAMES[fit.model]}, {percent(fit.inlierRatio)}
          </span>
        )}
        <ChevronIcon />
      </summary>
      {isOpen && (
        <div className="section-body">
          <GeometryPanel />
        </div>
      )}
    </details>
  );
}
