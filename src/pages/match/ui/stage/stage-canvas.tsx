import { useLayoutEffect, useRef } from 'react';
import { useWorkspace } from '../workspace-context.ts';

/**
 * The canvas that the engine draws on. Its control is handed over once, so the parent gives it the engine's epoch
 * as key: a new engine gets a new element.
 */
export function StageCanvas() {
  const workspace = useWorkspace();
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (ref.current) workspace.link.attach(ref.current);
  }, [workspace]);
  return <canvas ref={ref} className="stage-canvas" aria-hidden="true" />;
}
