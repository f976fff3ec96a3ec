import { percent } from '../../../../ui/format.ts';
import { ParamSlider } from '../../../../ui/param-controls.tsx';
import { VIEW_PARAMS } from '../../params.ts';
import { useView } from './use-view.ts';

/** Longest cycle error that the slider offers, pixels of the photo; there it stands for any. */
const MAX_CYCLE = VIEW_PARAMS.cycleLimit.slider![1];

/** What counts as a match, in every view. */
export function FilterControls() {
  const [view, update] = useView();
  return (
    <>
      <ParamSlider
        param={VIEW_PARAMS.threshold}
        value={view.threshold}
        format={percent}
        onChange={(threshold) => update({ threshold })}
      />
      <ParamSlider
        param={VIEW_PARAMS.cycleLimit}
        value={view.cycleLimit === 0 ? MAX_CYCLE : Math.min(view.cycleLimit, MAX_CYCLE)}
        format={(value) => (value >= MAX_CYCLE ? 'any' : `${value.toFixed(1)} px`)}
        onChange={(value) => update({ cycleLimit: value >= MAX_CYCLE ? 0 : value })}
      />
    </>
  );
}
