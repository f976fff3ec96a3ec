import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, type RefObject, useEffect, useRef } from 'react';
import type { Point } from '../../core/geometry.ts';
import { localPoint, wheelFactor } from '../../ui/pointer.ts';

const WHEEL_SPEED = 0.0016;
/** Share of the picture that an arrow key stands for. */
const KEY_STEP = 0.05;
const KEY_DOLLY = 1.1;

const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A drag in shares of the picture, or nearer (`factor` above 1) and away. */
type OrbitMove = { kind: 'orbit' | 'pan'; x: number; y: number } | { kind: 'dolly'; factor: number };

interface OrbitOptions {
  /** CSS pixels of the picture that a drag of 1 stands for; 0: nothing is drawn yet. */
  length: number;
  move: (move: OrbitMove) => void;
  /** What a double click and 0 do. */
  reset: () => void;
}

/**
 * What hands do to a view of something in space: drag to orbit, with Shift or the right button to pan, two fingers pan and
 * pinch, wheel to dolly; arrows orbit (with Shift pan), + and − dolly, 0 and a double click go back.
 */
export function useOrbitGestures(ref: RefObject<HTMLElement | null>, { length, move, reset }: OrbitOptions) {
  const pointers = useRef(new Map<number, Point>());
  const latest = useRef(move);
  latest.current = move;

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    // React's wheel listeners are passive: they could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      latest.current({ kind: 'dolly', factor: wheelFactor(event, WHEEL_SPEED) });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [ref]);

  const at = (event: { clientX: number; clientY: number }): Point =>
    ref.current ? localPoint(ref.current, event) : { x: 0, y: 0 };
  const drag = (kind: 'orbit' | 'pan', dx: number, dy: number) => {
    if (length > 0) move({ kind, x: dx / length, y: dy / length });
  };

  return {
    /** Where a pointer is on the element, its CSS pixels. */
    at,
    /** Whether no finger and no button is down. */
    isFree: () => pointers.current.size === 0,
    onPointerDown: (event: ReactPointerEvent) => {
      pointers.current.set(event.pointerId, at(event));
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    /** Whether this pointer is held, so that it dragged. */
    onPointerMove: (event: ReactPointerEvent): boolean => {
      const now = at(event);
      const before = pointers.current.get(event.pointerId);
      if (!before) return false;
      pointers.current.set(event.pointerId, now);
      const [dx, dy] = [now.x - before.x, now.y - before.y];
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const was = Math.hypot(before.x - other.x, before.y - other.y);
        const is = Math.hypot(now.x - other.x, now.y - other.y);
        if (was > 1 && is > 1) move({ kind: 'dolly', factor: is / was });
        drag('pan', dx / 2, dy / 2);
      } else {
        // Buttons is a set of bits: 1 is the main button alone.
        drag(event.shiftKey || event.buttons > 1 ? 'pan' : 'orbit', dx, dy);
      }
      return true;
    },
    /** Whether it had been held. */
    onPointerUp: (event: ReactPointerEvent): boolean => pointers.current.delete(event.pointerId),
    onDoubleClick: reset,
    onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    /** Whether the key was one of these. */
    onKeyDown: (event: KeyboardEvent): boolean => {
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      const arrow = ARROWS[event.key];
      if (arrow) move({ kind: event.shiftKey ? 'pan' : 'orbit', x: arrow[0] * KEY_STEP, y: arrow[1] * KEY_STEP });
      else if (event.key === '+' || event.key === '=') move({ kind: 'dolly', factor: KEY_DOLLY });
      else if (event.key === '-' || event.key === '_') move({ kind: 'dolly', factor: 1 / KEY_DOLLY });
      else if (event.key === '0') reset();
      else return false;
      event.preventDefault();
      return true;
    },
  };
}
