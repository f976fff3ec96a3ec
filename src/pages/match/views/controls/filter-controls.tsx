import { percent } from '../../../../ui/format.ts';
import { Slider } from '../../../../ui/slider.tsx';
import { useView } from './use-view.ts';

/** Longest cycle error that the slider offers, pixels of the photo. */
const MAX_CYCLE = 50;

/** What counts as a match, in every view. */
export function FilterControls() {
  const [view, update] = useView();
  return (
    <>
      <Slider
        label="Certainty from"
        value={view.threshold}
        min={0}
        max={1}
        step={0.01}
        format={percent}
        hint="Places that the model is less sure of are not shown."
        onChange={(threshold) => update({ threshold })}
      />
      <Slider
        label="Cycle error up to"
        value={view.cycleLimit === 0 ? MAX_CYCLE : Math.min(view.cycleLimit, MAX_CYCLE)}
        min={0.5}
        max={MAX_CYCLE}
        step={0.5}
        format={(value) => (value >= MAX_CYCLE ? 'any' : `${value.toFixed(1)} px`)}
        hint="Places that land farther from their start after going there and back are not shown."
        onChange={(value) => update({ cycleLimit: value >= MAX_CYCLE ? 0 : value })}
      />
    </>
  );
}
