import { localPoint, wheelFactor } from '../../../ui/pointer.ts';
import { useEffect, useRef, type KeyboardEvent, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';
import type { Point } from '../../../core/geometry.ts';
import { useLift } from './lift-context.ts';

const WHEEL_SPEED = 0.0016;
/** A press that moves less than this is a tap, CSS pixels. */
const TAP_SLACK = 6;
/** Share of the picture's width that an arrow key stands for. */
const KEY_STEP = 0.05;
const KEY_DOLLY = 1.1;

const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface GestureOptions {
  /** Width of the picture in CSS pixels: a drag over it is a share of 1. */
  width: number;
  /** The pointer rests over a place while nothing is dragged; null when it leaves. */
  onHover: (point: Point | null) => void;
}

/**
 * What hands do to the new view: drag to orbit, with Shift or the right button to pan, two fingers pan and pinch, wheel
 * to dolly; arrows orbit (with Shift pan), + and − dolly, 0 and a double click go back.
 */
export function useViewGestures(ref: RefObject<HTMLElement | null>, { width, onHover }: GestureOptions) {
  const lift = useLift();
  const pointers = useRef(new Map<number, Point>());
  const start = useRef<Point | null>(null);

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    // React's wheel listeners are passive: they could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      lift.move({ kind: 'dolly', factor: wheelFactor(event, WHEEL_SPEED) });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [lift, ref]);

  const at = (event: { clientX: number; clientY: number }): Point => {
    return ref.current ? localPoint(ref.current, event) : { x: 0, y: 0 };
  };
  const drag = (kind: 'orbit' | 'pan', dx: number, dy: number) => {
    if (width > 0) lift.move({ kind, x: dx / width, y: dy / width });
  };

  const onPointerDown = (event: ReactPointerEvent) => {
    if (event.target !== event.currentTarget) return;
    start.current = pointers.current.size === 0 ? at(event) : null;
    pointers.current.set(event.pointerId, at(event));
    event.currentTarget.setPointerCapture(event.pointerId);
    onHover(null);
  };

  const onPointerMove = (event: ReactPointerEvent) => {
    const now = at(event);
    const before = pointers.current.get(event.pointerId);
    if (!before) return onHover(now);
    pointers.current.set(event.pointerId, now);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const is = Math.hypot(now.x - other.x, now.y - other.y);
      if (was > 1) lift.move({ kind: 'dolly', factor: is / was });
      drag('pan', dx / 2, dy / 2);
    } else {
      // Buttons is a set of bits: 1 is the main button alone.
      drag(event.shiftKey || event.buttons > 1 ? 'pan' : 'orbit', dx, dy);
    }
  };

  const onPointerUp = (event: ReactPointerEvent) => {
    const point = at(event);
    const isTap = start.current && Math.hypot(point.x - start.current.x, point.y - start.current.y) < TAP_SLACK;
    // A finger cannot hover: its tap asks for the place.
    if (pointers.current.delete(event.pointerId) && isTap) onHover(point);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const arrow = ARROWS[event.key];
    if (arrow) lift.move({ kind: event.shiftKey ? 'pan' : 'orbit', x: arrow[0] * KEY_STEP, y: arrow[1] * KEY_STEP });
    else if (event.key === '+' || event.key === '=') lift.move({ kind: 'dolly', factor: KEY_DOLLY });
    else if (event.key === '-' || event.key === '_') lift.move({ kind: 'dolly', factor: 1 / KEY_DOLLY });
    else if (event.key === '0') lift.resetView();
    else return;
    event.preventDefault();
  };

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onPointerLeave: (event: ReactPointerEvent) => event.pointerType !== 'touch' && onHover(null),
    onDoubleClick: () => lift.resetView(),
    onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    onKeyDown,
  };
}
