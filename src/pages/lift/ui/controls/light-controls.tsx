import { MAX_LIGHTS } from '../../../../geometry/lift/lights.ts';
import type { PointLight } from '../../../../geometry/lift/lights.ts';
import { colorFromHex, colorToHex, NEW_LIGHT } from '../../state/lights.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { CloseIcon, DiceIcon, PlusIcon } from '../../../../ui/icons.tsx';
import { LIFT_PARAMS, LIGHT_PARAMS } from '../../params.ts';
import { Section } from '../../../../ui/section.tsx';
import { ParamSlider, ParamSwitch } from '../../../../ui/param-controls.tsx';
import { Switch } from '../../../../ui/switch.tsx';
import { useLift, useLiftState } from '../lift-context.ts';
import { LimitSlider } from './limit-slider.tsx';

const MIN_LIGHTS = 1;

/** Lighting the views anew: which, and by what lights. */
export function LightControls() {
  const lift = useLift();
  const light = useLiftState((state) => state.settings.light);
  const isOn = light.on.a || light.on.b;
  const setLight = (index: number, patch: Partial<PointLight>) =>
    lift.set('light', { lights: light.lights.map((one, i) => (i === index ? { ...one, ...patch } : one)) });
  const { lights } = light;
  return (
    <Section title="Relight" summary={isOn ? `${lights.length} lights` : 'off'}>
      <Switch
        label="Light the photo anew"
        checked={light.on.a}
        onChange={(a) => lift.set('light', { on: { ...light.on, a } })}
      />
      <Switch
        label="Light the new view anew"
        checked={light.on.b}
        onChange={(b) => lift.set('light', { on: { ...light.on, b } })}
      />
      <button type="button" className="button" onClick={() => lift.drawLights()}>
        <DiceIcon />
        L2M random lights (by the seed)
      </button>
      {isOn && (
        <>
          <p className="hint">Drag the numbered lights on the pictures.</p>
          <LimitSlider
            param={LIFT_PARAMS.ambient}
            name="ambient"
            values={light}
            set={(patch) => lift.set('light', patch)}
          />
          <ParamSwitch
            param={LIFT_PARAMS.shadows}
            value={light.shadows}
            onChange={(shadows) => lift.set('light', { shadows })}
          />
          <ol className="lights">
            {lights.map((one, i) => (
              <LightRow
                key={i}
                index={i}
                light={one}
                set={(patch) => setLight(i, patch)}
                remove={
                  lights.length > MIN_LIGHTS
                    ? () => lift.set('light', { lights: lights.filter((_, other) => other !== i) })
                    : null
                }
              />
            ))}
          </ol>
          <button
            type="button"
            className="button"
            disabled={lights.length >= MAX_LIGHTS}
            onClick={() => lift.set('light', { lights: [...lights, NEW_LIGHT] })}
          >
            <PlusIcon />
            Add a light
          </button>
        </>
      )}
    </Section>
  );
}

interface LightRowProps {
  index: number;
  light: PointLight;
  set: (patch: Partial<PointLight>) => void;
  remove: (() => void) | null;
}

function LightRow({ index, light, set, remove }: LightRowProps) {
  const name = `light ${index + 1}`;
  const [x, y, z] = light.position;
  return (
    <li className="light-row">
      <div className="light-head">
        <b>Light {index + 1}</b>
        <input
          type="color"
          aria-label={`Colour of ${name}`}
          value={colorToHex(light.color)}
          onChange={(event) => set({ color: colorFromHex(event.target.value) })}
        />
        <IconButton label={`Remove ${name}`} disabled={!remove} onClick={() => remove?.()}>
          <CloseIcon />
        </IconButton>
      </div>
      <ParamSlider param={LIGHT_PARAMS.power} value={light.power} onChange={(power) => set({ power })} />
      <ParamSlider param={LIGHT_PARAMS.position} value={z} onChange={(depth) => set({ position: [x, y, depth] })} />
    </li>
  );
}
