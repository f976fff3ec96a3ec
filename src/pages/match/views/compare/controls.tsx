import { percent } from '../../../../ui/format.ts';
import { ParamChoice, ParamSlider } from '../../../../ui/param-controls.tsx';
import { VIEW_PARAMS } from '../../params.ts';
import { useWorkspaceState } from '../../ui/workspace-context.ts';
import { COMPARE_TEXTS } from './view.ts';
import { BackgroundControl } from '../controls/picture-controls.tsx';
import { CompareByControl } from './by-control.tsx';
import { PlayButton } from '../controls/play-button.tsx';
import { useView } from '../controls/use-view.ts';

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
