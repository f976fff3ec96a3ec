import { useEffect, useState } from 'react';
import { PauseIcon, PlayIcon } from '../../../../ui/icons.tsx';
import { useWorkspace } from '../../ui/workspace-context.ts';

/** One way from A to B, milliseconds. */
const SWEEP = 2400;

/** Moves the amount from A to B and back until it is stopped. */
export function PlayButton() {
  const workspace = useWorkspace();
  const [isPlaying, setIsPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    // Start from where the slider stands: the sweep eases in and out as a cosine.
    const { amount } = workspace.store.getState().view;
    const origin = performance.now() - (Math.acos(1 - 2 * amount) / Math.PI) * SWEEP;
    let frame = requestAnimationFrame(function step(now) {
      const phase = ((now - origin) / SWEEP) * Math.PI;
      workspace.updateView({ amount: (1 - Math.cos(phase)) / 2 });
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, workspace]);
  return (
    <button type="button" className="button" aria-pressed={isPlaying} onClick={() => setIsPlaying(!isPlaying)}>
      {isPlaying ? <PauseIcon /> : <PlayIcon />}
      {isPlaying ? 'Stop' : 'Play'}
    </button>
  );
}
