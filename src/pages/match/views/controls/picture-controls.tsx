import { COLOR_MAPS, colorMapGradient } from '../../../../core/colors/color-maps.ts';
import { percent } from '../../../../ui/format.ts';
import { ParamChoice, ParamSlider } from '../../../../ui/param-controls.tsx';
import { VIEW_PARAMS } from '../../params.ts';
import { useView } from './use-view.ts';
import { useWorkspaceState } from '../../ui/workspace-context.ts';

/** What shows where nothing is matched. */
export function BackgroundControl() {
  const [view, update] = useView();
  return (
    <ParamChoice
      param={VIEW_PARAMS.background}
      value={view.background}
      onChange={(background) => update({ background })}
    />
  );
}

/** The colour maps, as what they look like. */
export function ColorMapControl() {
  const [view, update] = useView();
  return (
    <fieldset className="field color-maps">
      <legend>{VIEW_PARAMS.colorMap.label}</legend>
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
    <ParamSlider
      param={VIEW_PARAMS.opacity}
      value={view.opacity}
      format={percent}
      onChange={(opacity) => update({ opacity })}
    />
  );
}

export function CycleScaleControl() {
  const [view, update] = useView();
  return (
    <ParamSlider
      param={VIEW_PARAMS.cycleScale}
      value={view.cycleScale}
      format={useScaleText()}
      onChange={(cycleScale) => update({ cycleScale })}
    />
  );
}

export function FlowScaleControl() {
  const [view, update] = useView();
  return (
    <ParamSlider
      param={VIEW_PARAMS.flowScale}
      value={view.flowScale}
      format={useScaleText()}
      onChange={(flowScale) => update({ flowScale })}
    />
  );
}

/** Says a share of the longer side of A in pixels. */
function useScaleText(): (share: number) => string {
  const longSide = useWorkspaceState(({ photos }) => {
    const size = photos.a.photo?.info.size;
    return size ? Math.max(size.width, size.height) : null;
  });
  return (share) => {
    if (longSide === null) return `${(share * 100).toFixed(1)} %`;
    const pixels = share * longSide;
    return `${pixels.toFixed(pixels < 10 ? 1 : 0)} px`;
  };
}
