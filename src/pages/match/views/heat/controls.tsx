import { percent } from '../../../../ui/format.ts';
import { Slider } from '../../../../ui/slider.tsx';
import { ColorMapControl } from '../controls/color-map-control.tsx';
import { LogSlider } from '../controls/log-slider.tsx';
import { useScaleText } from '../controls/use-scale-text.ts';
import { useView } from '../controls/use-view.ts';

/** Controls of the heat maps: certainty and cycle error. */
export function HeatControls() {
  const [view, update] = useView();
  const scaleText = useScaleText();
  return (
    <>
      <ColorMapControl />
      <Slider
        label="Opacity"
        value={view.opacity}
        min={0}
        max={1}
        step={0.01}
        format={percent}
        onChange={(opacity) => update({ opacity })}
      />
      {view.view === 'cycle' && (
        <LogSlider
          label="Full scale"
          value={view.cycleScale}
          min={0.002}
          max={0.2}
          format={scaleText}
          onChange={(cycleScale) => update({ cycleScale })}
        />
      )}
    </>
  );
}
