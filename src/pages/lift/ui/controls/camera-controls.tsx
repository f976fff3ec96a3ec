import { LIFT_LIMITS } from '../../contract/settings.ts';
import { Section } from '../../../../ui/section.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { useLift, useLiftState } from '../lift-context.ts';
import { LimitSlider } from './limit-slider.tsx';
import { SeedField } from './seed-field.tsx';
import { BIN_NAMES } from '../texts.ts';

const ROTATIONS = ['Turn up', 'Turn right', 'Turn clockwise'];
const TRANSLATIONS = ['Shift right', 'Shift down', 'Shift away'];

/** Where the new camera stands: presets, L2M's random views by seed, and every number. */
export function CameraControls() {
  const lift = useLift();
  const motion = useLiftState((state) => state.settings.motion);
  const draw = useLiftState((state) => state.draw);
  const facts = useLiftState((state) => state.facts);
  const replaced = (values: [number, number, number], at: number, value: number) =>
    values.map((old, i) => (i === at ? value : old)) as [number, number, number];
  return (
    <Section title="Camera" open summary={facts && `${facts.viewpoint.toFixed(1)}°`}>
      <div className="field" role="group" aria-label="Views by their angle">
        <span className="field-head">Angle between the views</span>
        <div className="preset-row">
          {BIN_NAMES.map((name, bin) => (
            <button
              key={name}
              type="button"
              className="button"
              aria-pressed={draw === bin}
              onClick={() => lift.drawView(bin)}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      <div className="draw-row">
        <SeedField />
        <button type="button" className="button" aria-pressed={draw === 'l2m'} onClick={() => lift.drawView('l2m')}>
          L2M random
        </button>
      </div>
      {ROTATIONS.map((label, i) => (
        <Slider
          key={label}
          label={label}
          value={motion.rotation[i]}
          min={LIFT_LIMITS.rotation[0]}
          max={LIFT_LIMITS.rotation[1]}
          step={0.5}
          format={(degrees) => `${degrees.toFixed(1)}°`}
          hint="Component of the axis-angle rotation"
          onChange={(value) => lift.set('motion', { rotation: replaced(motion.rotation, i, value) })}
        />
      ))}
      {TRANSLATIONS.map((label, i) => (
        <Slider
          key={label}
          label={label}
          value={motion.translation[i]}
          min={LIFT_LIMITS.translation[0]}
          max={LIFT_LIMITS.translation[1]}
          step={0.01}
          format={(value) => value.toFixed(2)}
          hint="Component of t in X_b = R · X_a + t, in units of the median depth"
          onChange={(value) => lift.set('motion', { translation: replaced(motion.translation, i, value) })}
        />
      ))}
      <LimitSlider
        label="Zoom"
        name="zoom"
        values={motion}
        set={(patch) => lift.set('motion', patch)}
        step={0.05}
        unit="×"
      />
    </Section>
  );
}
