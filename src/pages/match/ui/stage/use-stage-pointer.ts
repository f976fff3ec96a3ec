import {
  useEffect,
  useRef,
  type MouseEvent as ReactMouseEvent,
  type PointerEvent as ReactPointerEvent,
  type RefObject,
} from 'react';
import type { Point } from '../../../../core/geometry.ts';
import { DEFAULT_CAMERA, isZoomed, panBy, zoomAt } from '../../../../core/viewer/zoom.ts';
import { dividerX, swipeAmount } from '../../../../core/viewer/swipe.ts';
import { localPoint, wheelFactor } from '../../../../ui/pointer.ts';
import { inRange } from '../../../../platform/params/params.ts';
import { VIEW_PARAMS } from '../../params.ts';
import { viewOf } from '../../views/index.ts';
import { useWorkspace } from '../workspace-context.ts';
import { placeAt, stagePaneAt, type StagePane } from './use-stage-panes.ts';

/** A press that moves less than this is a click, CSS pixels. */
const CLICK_SLACK = 5;
const WHEEL_SPEED = 0.0022;
/** Of the view Fly, for each CSS pixel that a hand moves. */
const DEGREES_PER_PIXEL = 0.15;

interface Gesture {
  pointers: Map<number, Point>;
  start: Point;
  moved: boolean;
}

/**
 * Wheel, drag, pinch, hover, click and double click on the stage. A mouse hovers to probe and drags to pan; one finger
 * probes while the photo is fitted and pans once it is zoomed; two fingers pinch. In another page (`isEmbedded`) what is not
 * zoomed leaves plain wheels and vertical swipes to that page, and a finger that goes sideways takes the divider along.
 */
export function useStagePointer(
  ref: RefObject<HTMLElement | null>,
  panes: readonly StagePane[],
  { isEmbedded = false } = {},
) {
  const workspace = useWorkspace();
  const gesture = useRef<Gesture>({ pointers: new Map(), start: { x: 0, y: 0 }, moved: false });
  const lastPin = useRef<number | null>(null);
  const latest = useRef(panes);
  latest.current = panes;

  const at = (event: { clientX: number; clientY: number }): Point => {
    return ref.current ? localPoint(ref.current, event) : { x: 0, y: 0 };
  };
  const zoom = (point: Point, factor: number) => {
    const found = stagePaneAt(latest.current, point);
    if (!found?.photo) return;
    const { camera } = workspace.store.getState().view;
    workspace.updateView({ camera: zoomAt(camera, found.pane, found.photo, point, factor) });
  };
  const pan = (point: Point, dx: number, dy: number) => {
    const found = stagePaneAt(latest.current, point) ?? latest.current[0];
    if (!found?.photo) return;
    const { camera } = workspace.store.getState().view;
    workspace.updateView({ camera: panBy(camera, found.pane, found.photo, dx, dy) });
  };
  const probe = (point: Point) => {
    const place = placeAt(latest.current, point);
    if (place) workspace.probing.move(place);
    else workspace.probing.leave();
  };

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    // React's wheel listeners are passive: they could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      if (isEmbedded && !event.ctrlKey && !isZoomed(workspace.store.getState().view.camera)) return;
      event.preventDefault();
      zoom(at(event), wheelFactor(event, WHEEL_SPEED));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  });

  const onPointerDown = (event: ReactPointerEvent) => {
    if (event.button !== 0) return;
    const { current } = gesture;
    if (current.pointers.size === 0) Object.assign(current, { start: at(event), moved: false });
    current.pointers.set(event.pointerId, at(event));
    event.currentTarget.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') probe(at(event));
  };

  const onPointerMove = (event: ReactPointerEvent) => {
    const { pointers, start } = gesture.current;
    const now = at(event);
    const before = pointers.get(event.pointerId);
    if (!before) return probe(now);
    pointers.set(event.pointerId, now);
    if (Math.hypot(now.x - start.x, now.y - start.y) > CLICK_SLACK) gesture.current.moved = true;
    if (pointers.size === 2) {
      pinch(pointers, event.pointerId, before, now);
    } else if (gesture.current.moved) {
      const isPanning = isZoomed(workspace.store.getState().view.camera);
      if (turnAway(now.x - before.x, now.y - before.y)) workspace.probing.leave();
      else if (isPanning) pan(start, now.x - before.x, now.y - before.y);
      else if (isEmbedded && event.pointerType === 'touch' && moveDivider(now.x - before.x)) workspace.probing.leave();
      else probe(now);
    }
  };

  /** Leaves the path by what a hand moved, CSS pixels of the stage; false where nothing is flown. */
  const turnAway = (dx: number, dy: number): boolean => {
    const { view, fly } = workspace.store.getState();
    if (viewOf(view.view).isFlown !== true || !fly.info?.count) return false;
    const { flyYaw, flyPitch } = VIEW_PARAMS;
    workspace.updateView({
      flyYaw: inRange(flyYaw, view.flyYaw - DEGREES_PER_PIXEL * dx),
      flyPitch: inRange(flyPitch, view.flyPitch + DEGREES_PER_PIXEL * dy),
    });
    return true;
  };

  /** Takes the swipe's divider along, CSS pixels of the stage; false where the view has none. */
  const moveDivider = (dx: number): boolean => {
    const { view, result } = workspace.store.getState();
    const shown = latest.current[0];
    if (view.view !== 'compare' || view.compareMode !== 'swipe' || !result || !shown?.rect) return false;
    const x = dividerX(shown.pane.rect, shown.rect, view.amount) + dx;
    workspace.updateView({ amount: swipeAmount(shown.pane.rect, shown.rect, x) });
    return true;
  };

  const pinch = (pointers: Map<number, Point>, moving: number, before: Point, now: Point) => {
    gesture.current.moved = true;
    const other = [...pointers].find(([id]) => id !== moving)?.[1];
    if (!other) return;
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    const is = Math.hypot(now.x - other.x, now.y - other.y);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    if (was > 1) zoom(middle, is / was);
    pan(middle, (now.x - before.x) / 2, (now.y - before.y) / 2);
  };

  const onPointerUp = (event: ReactPointerEvent) => {
    gesture.current.pointers.delete(event.pointerId);
  };

  const onClick = (event: ReactMouseEvent) => {
    // The second click of a double click is no new pin.
    if (gesture.current.moved || event.detail > 1) return;
    const place = placeAt(latest.current, at(event));
    lastPin.current = place && workspace.store.getState().result ? workspace.probing.pin(place) : null;
  };

  const onDoubleClick = () => {
    if (!isZoomed(workspace.store.getState().view.camera)) return;
    if (lastPin.current !== null) workspace.probing.unpin(lastPin.current);
    workspace.updateView({ camera: DEFAULT_CAMERA });
  };

  const onPointerLeave = (event: ReactPointerEvent) => {
    if (event.pointerType !== 'touch') workspace.probing.leave();
  };

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onPointerLeave,
    onClick,
    onDoubleClick,
  };
}
