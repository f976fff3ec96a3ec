import { useEffect, useRef } from 'react';
import type { KeyboardEvent, PointerEvent, RefObject } from 'react';
import type { CloudInfo } from '../../contract/geometry-fit.ts';
import type { Point } from '../../../../core/geometry.ts';
import { moved, nearer, type Orbit, turned } from '../../../../core/viewer/orbit.ts';
import { frontOrbit } from './cloud-orbits.ts';

/** Radians for a drag over the shorter side. */
const TURN = Math.PI;
const WHEEL_ZOOM = 0.0015;
const KEY = { turn: 0.12, move: 0.05, zoom: 1.2 };

/** Mouse, touch, wheel and keyboard on a frame, as changes of the orbit. */
export function useOrbitInput(
  frame: RefObject<HTMLElement | null>,
  cloud: CloudInfo,
  onOrbit: (change: (orbit: Orbit) => Orbit) => void,
) {
  const pointers = useRef(new Map<number, Point>());

  // React's wheel listeners are passive: they cannot keep the page from scrolling.
  useEffect(() => {
    const element = frame.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      onOrbit((orbit) => nearer(orbit, Math.exp(-event.deltaY * WHEEL_ZOOM), cloud.radius));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [frame, cloud.radius, onOrbit]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const last = pointers.current.get(event.pointerId);
    if (!last) return;
    const { width, height } = event.currentTarget.getBoundingClientRect();
    const side = Math.min(width, height);
    const now = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [(now.x - last.x) / side, (now.y - last.y) / side];
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (other) {
      const distance = (point: Point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      const factor = distance(now) / distance(last);
      // Each finger's step moves the middle by half of it.
      onOrbit((orbit) => moved(nearer(orbit, factor, cloud.radius), -dx / 2, -dy / 2));
    } else if (event.buttons !== 1 || event.shiftKey) {
      onOrbit((orbit) => moved(orbit, -dx, -dy));
    } else {
      onOrbit((orbit) => turned(orbit, -TURN * dx, TURN * dy));
    }
  };

  const onPointerUp = (event: PointerEvent) => void pointers.current.delete(event.pointerId);

  const onKeyDown = (event: KeyboardEvent) => {
    const arrows: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const arrow = arrows[event.key];
    if (arrow && event.shiftKey) onOrbit((orbit) => moved(orbit, KEY.move * arrow[0], KEY.move * arrow[1]));
    else if (arrow) onOrbit((orbit) => turned(orbit, KEY.turn * arrow[0], -KEY.turn * arrow[1]));
    else if (event.key === '+' || event.key === '=') onOrbit((orbit) => nearer(orbit, KEY.zoom, cloud.radius));
    else if (event.key === '-') onOrbit((orbit) => nearer(orbit, 1 / KEY.zoom, cloud.radius));
    else if (event.key === '0') onOrbit(() => frontOrbit(cloud));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onKeyDown,
    onContextMenu: (event: { preventDefault: () => void }) => event.preventDefault(),
  };
}
