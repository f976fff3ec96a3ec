import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, type RefObject, useRef } from 'react';
import type { Point } from '../../../core/geometry.ts';
import { useOrbitGestures } from '../../../workspace/ui/use-orbit-gestures.ts';
import { useLift } from './lift-context.ts';

/** A press that moves less than this is a tap, CSS pixels. */
const TAP_SLACK = 6;

interface GestureOptions {
  /** Width of the picture in CSS pixels: a drag over it is a share of 1. */
  width: number;
  /** The pointer rests over a place while nothing is dragged; null when it leaves. */
  onHover: (point: Point | null) => void;
}

/** The new view's gestures: those of any view in space, and a place that is asked for by hovering or a tap. */
export function useViewGestures(ref: RefObject<HTMLElement | null>, { width, onHover }: GestureOptions) {
  const lift = useLift();
  const { at, isFree, ...orbit } = useOrbitGestures(ref, {
    length: width,
    move: (move) => lift.move(move),
    reset: () => lift.resetView(),
  });
  const start = useRef<Point | null>(null);

  const onPointerUp = (event: ReactPointerEvent) => {
    const point = at(event);
    const isTap = start.current && Math.hypot(point.x - start.current.x, point.y - start.current.y) < TAP_SLACK;
    // A finger cannot hover: its tap asks for the place.
    if (orbit.onPointerUp(event) && isTap) onHover(point);
  };

  return {
    ...orbit,
    onPointerDown: (event: ReactPointerEvent) => {
      if (event.target !== event.currentTarget) return;
      start.current = isFree() ? at(event) : null;
      orbit.onPointerDown(event);
      onHover(null);
    },
    onPointerMove: (event: ReactPointerEvent) => {
      if (!orbit.onPointerMove(event)) onHover(at(event));
    },
    onPointerUp,
    onPointerCancel: onPointerUp,
    onPointerLeave: (event: ReactPointerEvent) => event.pointerType !== 'touch' && onHover(null),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.target === event.currentTarget) orbit.onKeyDown(event);
    },
  };
}
