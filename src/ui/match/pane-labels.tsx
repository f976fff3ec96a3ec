import type { PaneKind } from '../../shared/layout.ts';
import type { Side } from '../../shared/geometry.ts';
import { otherSide } from '../../shared/geometry.ts';
import type { StagePane } from './use-stage-panes.ts';

const name = (side: Side) => side.toUpperCase();

const TEXTS: Record<PaneKind, (side: Side) => string> = {
  photo: (side) => name(side),
  warp: (side) => `${name(side)} from ${name(otherSide(side))}’s pixels`,
  certainty: (side) => `Certainty on ${name(side)}`,
  flow: (side) => `${name(side)} → ${name(otherSide(side))}`,
  compare: () => 'A and B on A’s grid',
  cycle: (side) => `${name(side)} → ${name(otherSide(side))} → ${name(side)}`,
};

/** Says what each pane shows, at the top left of the picture in it. */
export function PaneLabels({ panes }: { panes: readonly StagePane[] }) {
  return panes.map(({ pane, rect }, i) => {
    if (!rect) return null;
    const left = Math.max(pane.rect.x, rect.x) + 8;
    const top = Math.max(pane.rect.y, rect.y) + 8;
    return (
      <span key={i} className="pane-label" style={{ left, top }}>
        {TEXTS[pane.kind](pane.side)}
      </span>
    );
  });
}
