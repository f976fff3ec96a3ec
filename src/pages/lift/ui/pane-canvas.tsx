import { useLayoutEffect, useRef } from 'react';
import type { Side } from '../../../core/geometry.ts';
import { useLift } from './lift-context.ts';

/** The canvas that the worker draws on. Its control is handed over once, so the parent gives it the epoch as key. */
export function PaneCanvas({ side }: { side: Side }) {
  const lift = useLift();
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (ref.current) lift.attach(side, ref.current);
  }, [lift, side]);
  return <canvas ref={ref} className="lift-canvas" aria-hidden="true" />;
}
