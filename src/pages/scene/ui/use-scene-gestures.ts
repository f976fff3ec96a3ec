import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, type RefObject, useEffect, useRef } from 'react';
import { useOrbitGestures } from '../../../workspace/ui/use-orbit-gestures.ts';
import { useScene } from './scene-context.ts';

/** Radii of the scene a second. */
const FLY_SPEED = 0.6;
/** A frame that took longer than this (another tab) is not caught up with, seconds. */
const LONGEST_FRAME = 0.1;

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
 * The scene's gestures: those of any view in space; WASD and Q, E fly, F, 0 and a double click show all.
 * @param longSide of the picture, CSS pixels
 * @returns what the picture's element listens to, and `press`, by which other things hold a key that flies
 */
export function useSceneGestures(ref: RefObject<HTMLElement | null>, longSide: number) {
  const scene = useScene();
  const {
    at: _at,
    isFree: _isFree,
    ...orbit
  } = useOrbitGestures(ref, {
    length: longSide,
    move: (move) => scene.move(move),
    reset: () => scene.fit(),
  });
  const held = useRef(new Set<string>());
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

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

  const press = (code: string, isDown: boolean) => {
    if (!isDown) return void held.current.delete(code);
    held.current.add(code);
    if (frame.current === 0) fly(performance.now());
  };

  const hands = {
    ...orbit,
    onPointerMove: (event: ReactPointerEvent) => void orbit.onPointerMove(event),
    onPointerUp: (event: ReactPointerEvent) => void orbit.onPointerUp(event),
    onPointerCancel: (event: ReactPointerEvent) => void orbit.onPointerUp(event),
    onKeyDown: (event: KeyboardEvent) => {
      if (orbit.onKeyDown(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.code in FLIGHT) press(event.code, true);
      else if (event.code === 'KeyF') scene.fit();
      else return;
      event.preventDefault();
    },
    onKeyUp: (event: KeyboardEvent) => press(event.code, false),
    // A key that is let go elsewhere is never told here.
    onBlur: () => held.current.clear(),
  };
  return { hands, press };
}
