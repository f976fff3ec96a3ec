import { LogSlider } from '../controls/log-slider.tsx';
import { useScaleText } from '../controls/use-scale-text.ts';
import { useView } from '../controls/use-view.ts';

export function FlowControls() {
  const [view, update] = useView();
  return (
    <LogSlider
      label="Full scale (rim of the wheel)"
      value={view.flowScale}
      min={0.02}
      max={1}
      format={useScaleText()}
      onChange={(flowScale) => update({ flowScale })}
    />
  );
}
