import { COLOR_MAPS, colorMapGradient } from '../../../../core/color-maps.ts';
import { percent } from '../../../../ui/format.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { LogSlider } from './log-slider.tsx';
import { useScaleText } from './use-scale-text.ts';
import { useView } from './use-view.ts';

const BACKGROUNDS = [
  { value: 'white', label: 'White' },
  { value: 'black', label: 'Black' },
] as const;

/** What shows where nothing is matched. */
export function BackgroundControl() {
  const [view, update] = useView();
  return (
    <Segmented
      label="Unmatched places"
      value={view.background}
      options={BACKGROUNDS}
      onChange={(background) => update({ background })}
    />
  );
}

/** The colour maps, as what they look like. */
export function ColorMapControl() {
  const [view, update] = useView();
  return (
    <fieldset className="field color-maps">
      <legend>Colour map</legend>
      {COLOR_MAPS.map((name) => (
        <label key={name} title={name}>
          <input
            type="radio"
            name="color-map"
            checked={view.colorMap === name}
            onChange={() => update({ colorMap: name })}
          />
          <span className="color-map" style={{ background: colorMapGradient(name) }} />
          <span className="visually-hidden">{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Of a heat map over the photo. */
export function OpacityControl() {
  const [view, update] = useView();
  return (
    <Slider
      label="Opacity"
      value={view.opacity}
      min={0}
      max={1}
      step={0.01}
      format={percent}
      onChange={(opacity) => update({ opacity })}
    />
  );
}

export function CycleScaleControl() {
  const [view, update] = useView();
  return (
    <LogSlider
      label="Full scale"
      value={view.cycleScale}
      min={0.002}
      max={0.2}
      format={useScaleText()}
      onChange={(cycleScale) => update({ cycleScale })}
    />
  );
}

export function FlowScaleControl() {
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
