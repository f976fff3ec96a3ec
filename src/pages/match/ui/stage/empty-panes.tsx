import { useWorkspaceState } from '../workspace-context.ts';
import type { StagePane } from './use-stage-panes.ts';

/** Stands in for photos that are not there yet. */
export function EmptyPanes({ panes }: { panes: readonly StagePane[] }) {
  const photos = useWorkspaceState((state) => state.photos);
  return panes.map(({ pane, photo }, i) => {
    if (photo) return null;
    const { opening } = photos[pane.side];
    const { x, y, width, height } = pane.rect;
    return (
      <div key={i} className="empty-pane" style={{ left: x, top: y, width, height }}>
        {opening !== null ? (
          <p>
            <span className="spinner" aria-hidden="true" /> Opening {opening} …
          </p>
        ) : (
          <p>
            <b>Photo {pane.side.toUpperCase()}</b>
            <br />
            Drop or paste a picture here, or choose one above.
          </p>
        )}
      </div>
    );
  });
}
