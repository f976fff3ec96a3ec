import { percent } from '../../../../ui/format.ts';
import { ParamChoice, ParamSlider } from '../../../../ui/param-controls.tsx';
import { VIEW_PARAMS } from '../../params.ts';
import { useWorkspaceState, useWorkspace } from '../../ui/workspace-context.ts';
import { COMPARE_TEXTS } from './view.ts';
import { BackgroundControl } from '../controls/picture-controls.tsx';
import { CompareByControl } from './by-control.tsx';
import { useView } from '../controls/use-view.ts';
import { useEffect, useState } from 'react';
import { PauseIcon, PlayIcon } from '../../../../ui/icons.tsx';

export function CompareControls() {
  const [view, update] = useView();
  const reducedMotion = useWorkspaceState((state) => state.reducedMotion);
  const mode = view.compareMode;
  // Flicker that stands still needs a hand.
  const amountLabel = mode === 'flicker' && reducedMotion ? 'Shown: A or B' : COMPARE_TEXTS[mode].amount;
  return (
    <>
      <ParamChoice param={VIEW_PARAMS.compareMode} value={mode} onChange={(compareMode) => update({ compareMode })} />
      {amountLabel && (
        <ParamSlider
          param={VIEW_PARAMS.amount}
          label={amountLabel}
          value={view.amount}
          format={percent}
          onChange={(amount) => update({ amount })}
        />
      )}
      {mode === 'morph' && view.compareBy === 'match' && <PlayButton />}
      {mode === 'checker' && (
        <ParamSlider
          param={VIEW_PARAMS.checkerSize}
          value={view.checkerSize}
          format={(share) => `${(share * 100).toFixed(1)} %`}
          onChange={(checkerSize) => update({ checkerSize })}
        />
      )}
      <CompareByControl />
      {/* A plane has no places that are not matched. */}
      {view.compareBy === 'match' && <BackgroundControl />}
    </>
  );
}

/** One way from A to B, milliseconds. */
const SWEEP = 2400;

/** Moves the amount from A to B and back until it is stopped. */
function PlayButton() {
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
