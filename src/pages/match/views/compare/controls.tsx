import { COMPARE_MODES } from '../../contract/view.ts';
import { percent } from '../../../../ui/format.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { useWorkspaceState } from '../../ui/workspace-context.ts';
import { COMPARE_TEXTS } from './view.ts';
import { BackgroundControl } from '../controls/picture-controls.tsx';
import { CompareByControl } from './by-control.tsx';
import { PlayButton } from '../controls/play-button.tsx';
import { useView } from '../controls/use-view.ts';

const MODES = COMPARE_MODES.map((value) => ({ value, label: COMPARE_TEXTS[value].label }));

export function CompareControls() {
  const [view, update] = useView();
  const reducedMotion = useWorkspaceState((state) => state.reducedMotion);
  const mode = view.compareMode;
  // Flicker that stands still needs a hand.
  const amountLabel = mode === 'flicker' && reducedMotion ? 'Shown: A or B' : COMPARE_TEXTS[mode].amount;
  return (
    <>
      <Segmented label="Mode" value={mode} options={MODES} onChange={(compareMode) => update({ compareMode })} />
      {amountLabel && (
        <Slider
          label={amountLabel}
          value={view.amount}
          min={0}
          max={1}
          step={0.005}
          format={percent}
          onChange={(amount) => update({ amount })}
        />
      )}
      {mode === 'morph' && view.compareBy === 'match' && <PlayButton />}
      {mode === 'checker' && (
        <Slider
          label="Cell size"
          value={view.checkerSize}
          min={0.01}
          max={0.3}
          step={0.005}
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
