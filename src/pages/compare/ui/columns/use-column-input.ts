import { localPoint, wheelFactor } from '../../../../ui/pointer.ts';
import { useEffect, useRef, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import type { Point } from '../../../../core/geometry.ts';
import {
  type Camera,
  DEFAULT_CAMERA,
  clampCamera,
  isZoomed,
  panByShare,
  zoomCentre,
} from '../../../../core/viewer/zoom.ts';
import { type ColumnLayout, placeUnder, zoomUnder } from './column-layout.ts';
import { useCompare } from '../compare-context.ts';

/** How far an arrow key moves the point, as a share of the photo. */
const POINT_STEP = 0.02;
/** Share of what is seen that an arrow key pans. */
const PAN_STEP = 0.1;
const ZOOM_STEP = 1.25;
const WHEEL_SPEED = 0.0022;

const ARROWS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Wheel, drag, pinch, hover and keys on a column; all columns and photos follow. In the similarity view hovering asks,
 * arrows move the point and Shift with an arrow pans; elsewhere arrows pan. A plain wheel scrolls where there is
 * something to scroll and zooms where there is not; with Ctrl it always zooms.
 */
export function useColumnInput(box: RefObject<HTMLDivElement | null>, layout: ColumnLayout) {
  const compare = useCompare();
  const pointers = useRef(new Map<number, Point>());
  const latest = useRef(layout);
  latest.current = layout;

  const camera = () => compare.store.getState().settings.camera;
  const look = (next: Camera) => compare.update({ camera: clampCamera(next) });
  const at = (event: { clientX: number; clientY: number }): Point => {
    return box.current ? localPoint(box.current, event) : { x: 0, y: 0 };
  };
  const zoom = (point: Point, factor: number) => {
    const next = zoomUnder(latest.current, camera(), point, factor);
    if (next) look(next);
  };
  const pan = (from: Point, dx: number, dy: number) => {
    const under = placeUnder(latest.current, camera(), from);
    const place = under && latest.current.places[under.slot];
    if (!place) return;
    const { x, y, scale } = camera();
    look({ x: x - dx / (place.width * scale), y: y - dy / (place.height * scale), scale });
  };
  const ask = (point: Point) => {
    if (compare.store.getState().settings.page !== 'similarity') return;
    const place = placeUnder(latest.current, camera(), point);
    if (place) compare.point(place);
  };

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // React's wheel and touch listeners are passive: they could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && canScroll(element)) return;
      event.preventDefault();
      zoom(at(event), wheelFactor(event, WHEEL_SPEED));
    };
    const onTouch = (event: TouchEvent) => {
      if (event.touches.length > 1) event.preventDefault();
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('touchstart', onTouch, { passive: false });
    element.addEventListener('touchmove', onTouch, { passive: false });
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('touchstart', onTouch);
      element.removeEventListener('touchmove', onTouch);
    };
  });

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    pointers.current.set(event.pointerId, at(event));
    event.currentTarget.setPointerCapture(event.pointerId);
    ask(at(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const now = at(event);
    const before = pointers.current.get(event.pointerId);
    if (!before) return ask(now);
    pointers.current.set(event.pointerId, now);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      if (was > 1) zoom(middle, Math.hypot(now.x - other.x, now.y - other.y) / was);
      pan(middle, (now.x - before.x) / 2, (now.y - before.y) / 2);
    } else if (isZoomed(camera())) {
      pan(before, now.x - before.x, now.y - before.y);
    } else {
      ask(now);
    }
  };
  const onPointerUp = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
  };
  const onDoubleClick = () => look(DEFAULT_CAMERA);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { settings, point } = compare.store.getState();
    const arrow = ARROWS[event.key];
    if (arrow && settings.page === 'similarity' && !event.shiftKey) {
      const kept = (share: number) => Math.min(0.999, Math.max(0, share));
      compare.point({ ...point, x: kept(point.x + POINT_STEP * arrow[0]), y: kept(point.y + POINT_STEP * arrow[1]) });
    } else if (arrow && isZoomed(settings.camera)) {
      look(panByShare(settings.camera, arrow[0] * PAN_STEP, arrow[1] * PAN_STEP));
    } else if (event.key === '+' || event.key === '=') look(zoomCentre(settings.camera, ZOOM_STEP));
    else if (event.key === '-' || event.key === '_') look(zoomCentre(settings.camera, 1 / ZOOM_STEP));
    else if (event.key === '0') look(DEFAULT_CAMERA);
    else return;
    event.preventDefault();
  };

  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onDoubleClick, onKeyDown };
}

/** Whether the columns around an element are taller than their window, or the page than its own. */
function canScroll(element: Element): boolean {
  const container = element.closest('.compared');
  const page = document.documentElement;
  return [container, page].some((one) => one && one.scrollHeight > one.clientHeight + 1);
}
