import { viewOf } from '../../views/index.ts';
import { sideName } from '../../views/view.ts';
import { useWorkspaceState } from '../workspace-context.ts';
import type { StagePane } from './use-stage-panes.ts';

/** Says what each pane shows, at the top left of the picture in it. */
export function PaneLabels({ panes }: { panes: readonly StagePane[] }) {
  const settings = useWorkspaceState((state) => state.view);
  return panes.map(({ pane, rect }, i) => {
    if (!rect) return null;
    const { kind, side } = pane;
    const left = Math.max(pane.rect.x, rect.x) + 8;
    const top = Math.max(pane.rect.y, rect.y) + 8;
    return (
      <span key={i} className="pane-label" style={{ left, top }}>
        {kind === 'photo' ? sideName(side) : viewOf(kind).paneLabel(side, settings)}
      </span>
    );
  });
}
