import { LIFT_PARAMS } from '../../params.ts';
import { Section } from '../../../../ui/section.tsx';
import { ParamSlider } from '../../../../ui/param-controls.tsx';
import { useLift, useLiftState } from '../lift-context.ts';
import { LimitSlider } from './limit-slider.tsx';
import { SeedField } from './seed-field.tsx';
import { BIN_NAMES } from '../texts.ts';

const ROTATIONS = [LIFT_PARAMS.rotationX, LIFT_PARAMS.rotationY, LIFT_PARAMS.rotationZ];
const TRANSLATIONS = [LIFT_PARAMS.translationX, LIFT_PARAMS.translationY, LIFT_PARAMS.translationZ];

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
      {ROTATIONS.map((param, i) => (
        <ParamSlider
          key={param.label}
          param={param}
          value={motion.rotation[i]}
          onChange={(value) => lift.set('motion', { rotation: replaced(motion.rotation, i, value) })}
        />
      ))}
      {TRANSLATIONS.map((param, i) => (
        <ParamSlider
          key={param.label}
          param={param}
          value={motion.translation[i]}
          onChange={(value) => lift.set('motion', { translation: replaced(motion.translation, i, value) })}
        />
      ))}
      <LimitSlider param={LIFT_PARAMS.zoom} name="zoom" values={motion} set={(patch) => lift.set('motion', patch)} />
    </Section>
  );
}
