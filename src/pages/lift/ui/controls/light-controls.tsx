import { LIFT_LIMITS } from '../../contract/settings.ts';
import { MAX_LIGHTS } from '../../../../geometry/lift-lights.ts';
import type { PointLight } from '../../../../geometry/lift-lights.ts';
import { colorFromHex, colorToHex, NEW_LIGHT } from '../../state/lights.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { CloseIcon, DiceIcon, PlusIcon } from '../../../../ui/icons.tsx';
import { Section } from '../../../../ui/section.tsx';
import { Slider } from '../../../../ui/slider.tsx';
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
            label="Ambient"
            name="ambient"
            values={light}
            set={(patch) => lift.set('light', patch)}
            step={0.02}
          />
          <Switch
            label="Shadows"
            checked={light.shadows}
            hint="A march through the depth map from every place towards each light."
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
      <Slider
        label="Power"
        value={light.power}
        min={LIFT_LIMITS.power[0]}
        max={LIFT_LIMITS.power[1]}
        step={0.05}
        format={(power) => power.toFixed(2)}
        onChange={(power) => set({ power })}
      />
      <Slider
        label="Distance from the camera"
        value={z}
        min={LIFT_LIMITS.lightPosition[0]}
        max={LIFT_LIMITS.lightPosition[1]}
        step={0.05}
        format={(depth) => depth.toFixed(2)}
        hint="Along the photo's axis of view, in units of the median depth; below 0 is behind the camera."
        onChange={(depth) => set({ position: [x, y, depth] })}
      />
    </li>
  );
}
