import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, type RefObject, useEffect, useRef } from 'react';
import type { Point } from '../../../core/geometry.ts';
import { wheelFactor } from '../../../ui/pointer.ts';
import { useScene } from './scene-context.ts';

const WHEEL_SPEED = 0.0016;
/** Share of the picture's longer side that an arrow key stands for. */
const KEY_STEP = 0.05;
const KEY_DOLLY = 1.1;
/** Radii of the scene a second. */
const FLY_SPEED = 0.6;
/** A frame that took longer than this (another tab) is not caught up with, seconds. */
const LONGEST_FRAME = 0.1;

const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** By physical place, so that other keyboards fly with the same fingers. */
const FLIGHT: Record<string, [right: number, up: number, forward: number]> = {
  KeyW: [0, 0, 1],
  KeyS: [0, 0, -1],
  KeyA: [-1, 0, 0],
  KeyD: [1, 0, 0],
  KeyE: [0, 1, 0],
  KeyQ: [0, -1, 0],
};

/**
 * What hands do to the view: drag to orbit, with Shift or the right button to pan, two fingers pan and pinch, wheel to
 * dolly; arrows orbit (with Shift pan), + and − dolly, WASD and Q, E fly, F, 0 and a double click show all.
 * @param longSide of the picture, CSS pixels
 */
export function useSceneGestures(ref: RefObject<HTMLElement | null>, longSide: number) {
  const scene = useScene();
  const pointers = useRef(new Map<number, Point>());
  const held = useRef(new Set<string>());
  const frame = useRef(0);

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    // React's wheel listeners are passive: they could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      scene.move({ kind: 'dolly', factor: wheelFactor(event, WHEEL_SPEED) });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      element.removeEventListener('wheel', onWheel);
      cancelAnimationFrame(frame.current);
    };
  }, [scene, ref]);

  /** Flies for as long as one of the keys is held. */
  const fly = (before: number) => {
    frame.current = requestAnimationFrame((now) => {
      frame.current = 0;
      if (held.current.size === 0) return;
      const step = FLY_SPEED * Math.min(LONGEST_FRAME, Math.max(0, now - before) / 1000);
      const sum = [0, 1, 2].map((axis) => [...held.current].reduce((total, key) => total + FLIGHT[key][axis], 0));
      scene.fly(step * sum[0], step * sum[1], step * sum[2]);
      fly(now);
    });
  };

  const drag = (kind: 'orbit' | 'pan', dx: number, dy: number) => {
    if (longSide > 0) scene.move({ kind, x: dx / longSide, y: dy / longSide });
  };
  const at = ({ clientX, clientY }: ReactPointerEvent): Point => ({ x: clientX, y: clientY });

  const onPointerDown = (event: ReactPointerEvent) => {
    pointers.current.set(event.pointerId, at(event));
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const onPointerMove = (event: ReactPointerEvent) => {
    const now = at(event);
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    pointers.current.set(event.pointerId, now);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const is = Math.hypot(now.x - other.x, now.y - other.y);
      if (was > 1 && is > 1) scene.move({ kind: 'dolly', factor: is / was });
      drag('pan', dx / 2, dy / 2);
    } else {
      // Buttons is a set of bits: 1 is the main button alone.
      drag(event.shiftKey || event.buttons > 1 ? 'pan' : 'orbit', dx, dy);
    }
  };

  const onPointerUp = (event: ReactPointerEvent) => void pointers.current.delete(event.pointerId);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (event.code in FLIGHT) {
      held.current.add(event.code);
      if (frame.current === 0) fly(performance.now());
    } else if (arrow) {
      scene.move({ kind: event.shiftKey ? 'pan' : 'orbit', x: arrow[0] * KEY_STEP, y: arrow[1] * KEY_STEP });
    } else if (event.key === '+' || event.key === '=') scene.move({ kind: 'dolly', factor: KEY_DOLLY });
    else if (event.key === '-' || event.key === '_') scene.move({ kind: 'dolly', factor: 1 / KEY_DOLLY });
    else if (event.key === '0' || event.code === 'KeyF') scene.fit();
    else return;
    event.preventDefault();
  };

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onDoubleClick: () => scene.fit(),
    onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    onKeyDown,
    onKeyUp: (event: KeyboardEvent) => void held.current.delete(event.code),
    // A key that is let go elsewhere is never told here.
    onBlur: () => held.current.clear(),
  };
}
