import { LogSlider } from './log-slider.tsx';
import { useScaleText } from './use-scale-text.ts';
import { useView } from './use-view.ts';

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
