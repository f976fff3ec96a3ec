import type { KeyboardEvent } from 'react';
import { DEFAULT_CAMERA, panByShare, zoomCentre } from '../../../../core/viewer/zoom.ts';
import { inRange } from '../../../../platform/params/params.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { VIEW_PARAMS } from '../../params.ts';
import { viewOf } from '../../views/index.ts';
import { useWorkspace } from '../workspace-context.ts';
import type { StagePane } from './use-stage-panes.ts';

const ZOOM_STEP = 1.25;
/** Share of the window that an arrow key pans. */
const PAN_STEP = 0.1;
/** Share of the photo's longer side that the probe moves with Shift and an arrow key. */
const PROBE_STEP = 0.01;

/** Of the view Fly: share of the path, and degrees, for each press. */
const FLY_STEP = 0.05;
const TURN_STEP = 2;

const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Keys of the focused stage: + − 0 zoom, arrows pan, Shift + arrows move the probe, Enter pins it, Escape ends it. */
export function useStageKeyboard(panes: readonly StagePane[]) {
  const workspace = useWorkspace();

  const moveProbe = (dx: number, dy: number) => {
    const { probe, photos } = workspace.store.getState();
    const side = probe?.side ?? panes[0]?.pane.side ?? 'a';
    const size = photos[side].photo?.info.size;
    if (!size) return;
    const step = Math.max(size.width, size.height) * PROBE_STEP;
    const from = probe ?? { x: size.width / 2 - dx * step, y: size.height / 2 - dy * step };
    workspace.probing.move({
      side,
      x: Math.min(size.width, Math.max(0, from.x + dx * step)),
      y: Math.min(size.height, Math.max(0, from.y + dy * step)),
    });
  };

  /** Along the path, or with Shift (and always up and down) away from it. */
  const fly = (view: ViewSettings, [dx, dy]: [x: number, y: number], isAway: boolean) => {
    const { flyAt, flyYaw, flyPitch } = VIEW_PARAMS;
    if (dx && !isAway) workspace.updateView({ flyAt: inRange(flyAt, view.flyAt + FLY_STEP * dx) });
    else {
      workspace.updateView({
        flyYaw: inRange(flyYaw, view.flyYaw + TURN_STEP * dx),
        flyPitch: inRange(flyPitch, view.flyPitch - TURN_STEP * dy),
      });
    }
  };

  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const { probe, result, view } = workspace.store.getState();
    const arrow = ARROWS[event.key];
    if (arrow && viewOf(view.view).isFlown) fly(view, arrow, event.shiftKey);
    else if (arrow && event.shiftKey) moveProbe(...arrow);
    else if (arrow) workspace.updateView({ camera: panByShare(view.camera, arrow[0] * PAN_STEP, arrow[1] * PAN_STEP) });
    else if (event.key === '+' || event.key === '=')
      workspace.updateView({ camera: zoomCentre(view.camera, ZOOM_STEP) });
    else if (event.key === '-' || event.key === '_')
      workspace.updateView({ camera: zoomCentre(view.camera, 1 / ZOOM_STEP) });
    else if (event.key === '0') workspace.updateView({ camera: DEFAULT_CAMERA, flyYaw: 0, flyPitch: 0 });
    else if (event.key === 'Enter' && probe && result)
      workspace.probing.pin({ side: probe.side, x: probe.x, y: probe.y });
    else if (event.key === 'Escape') workspace.probing.leave();
    else return;
    event.preventDefault();
  };
}
