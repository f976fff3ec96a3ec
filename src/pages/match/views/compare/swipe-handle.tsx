import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { dividerX, swipeAmount } from '../../../../core/viewer/swipe.ts';
import { localPoint } from '../../../../ui/pointer.ts';
import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';
import type { StagePane } from '../../ui/stage/use-stage-panes.ts';

const STEP = 0.02;

/** The handle on the swipe's divider: B lies left of it, A right. */
export function SwipeHandle({ panes }: { panes: readonly StagePane[] }) {
  const workspace = useWorkspace();
  const view = useWorkspaceState((state) => state.view);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  const grip = useRef<number | null>(null);
  const shown = panes[0];
  if (view.view !== 'compare' || view.compareMode !== 'swipe' || !hasResult || !shown?.rect) return null;
  const { pane, rect } = shown;
  const x = dividerX(pane.rect, rect, view.amount);
  const set = (amount: number) => workspace.updateView({ amount: Math.min(1, Math.max(0, amount)) });

  const stageX = (event: PointerEvent) => localPoint(event.currentTarget.parentElement!, event).x;

  const onPointerDown = (event: PointerEvent) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = x - stageX(event);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (grip.current === null) return;
    event.stopPropagation();
    set(swipeAmount(pane.rect, rect, stageX(event) + grip.current));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowLeft: -STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowUp: STEP };
    if (event.key in moves) set(view.amount + moves[event.key]);
    else if (event.key === 'Home') set(0);
    else if (event.key === 'End') set(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="swipe-handle"
      role="slider"
      tabIndex={0}
      aria-label="Divider between B and A"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(view.amount * 100)}
      style={{ left: x, top: pane.rect.y + pane.rect.height / 2 }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => (grip.current = null)}
      onPointerCancel={() => (grip.current = null)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={onKeyDown}
    >
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <path d="m9 8-4 4 4 4M15 8l4 4-4 4" />
      </svg>
    </div>
  );
}
