import { colorMapGradient, COLOR_MAPS } from '../../../../core/color-maps.ts';
import { useView } from './use-view.ts';

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
