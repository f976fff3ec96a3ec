import type { PaneKind } from '../../contract/layout.ts';
import type { Side } from '../../../../core/geometry.ts';
import { otherSide } from '../../../../core/geometry.ts';
import type { CompareMode } from '../../contract/view.ts';
import { useWorkspaceState } from '../workspace-context.ts';
import type { StagePane } from './use-stage-panes.ts';

const name = (side: Side) => side.toUpperCase();

const TEXTS: Record<Exclude<PaneKind, 'compare'>, (side: Side) => string> = {
  photo: (side) => name(side),
  warp: (side) => `${name(side)} from ${name(otherSide(side))}’s pixels`,
  certainty: (side) => `Certainty on ${name(side)}`,
  flow: (side) => `${name(side)} → ${name(otherSide(side))}`,
  cycle: (side) => `${name(side)} → ${name(otherSide(side))} → ${name(side)}`,
};

const COMPARE_LABELS: Record<CompareMode, string> = {
  swipe: 'B laid on A | A',
  blend: 'A blended with B',
  checker: 'A and B in turns',
  flicker: 'A and B in turns',
  difference: 'Difference of A and B',
  morph: 'From A to B',
};

/** Says what each pane shows, at the top left of the picture in it. */
export function PaneLabels({ panes }: { panes: readonly StagePane[] }) {
  const compareMode = useWorkspaceState((state) => state.view.compareMode);
  return panes.map(({ pane, rect }, i) => {
    if (!rect) return null;
    const left = Math.max(pane.rect.x, rect.x) + 8;
    const top = Math.max(pane.rect.y, rect.y) + 8;
    return (
      <span key={i} className="pane-label" style={{ left, top }}>
        {pane.kind === 'compare' ? COMPARE_LABELS[compareMode] : TEXTS[pane.kind](pane.side)}
      </span>
    );
  });
}
