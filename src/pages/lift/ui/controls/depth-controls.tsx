import { LIFT_PARAMS } from '../../params.ts';
import { Section } from '../../../../ui/section.tsx';
import { ParamChoice } from '../../../../ui/param-controls.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { LimitSlider } from './limit-slider.tsx';
import { useLift, useLiftState } from '../lift-context.ts';

const MEANINGS = [
  { value: 'disparity', label: 'Disparity' },
  { value: 'depth', label: 'Depth' },
] as const;

/** How the map becomes depth, and the size at which everything is rendered. */
export function DepthControls() {
  const lift = useLift();
  const { depth, render } = useLiftState((state) => state.settings);
  const choice = useLiftState((state) => state.depthChoice);
  const info = useLiftState((state) => state.depth);
  const part = { values: depth, set: (patch: Partial<typeof depth>) => lift.set('depth', patch) };
  return (
    <Section title="Depth" summary={info?.name}>
      {choice.kind === 'file' && (
        <Segmented
          label="Values of the map are"
          value={choice.meaning}
          options={MEANINGS}
          onChange={(meaning) => lift.chooseDepth({ ...choice, meaning })}
        />
      )}
      {info?.notes.map((note) => (
        <p key={note} className="hint">
          {note}
        </p>
      ))}
      <LimitSlider param={LIFT_PARAMS.scale} name="scale" {...part} />
      <LimitSlider param={LIFT_PARAMS.shift} name="shift" {...part} />
      <LimitSlider param={LIFT_PARAMS.focal} name="focal" {...part} />
      <LimitSlider param={LIFT_PARAMS.near} name="near" {...part} />
      <LimitSlider param={LIFT_PARAMS.far} name="far" {...part} />
      <LimitSlider param={LIFT_PARAMS.blur} name="blur" {...part} />
      <ClipSliders />
      <ParamChoice param={LIFT_PARAMS.crop} value={render.crop} onChange={(crop) => lift.set('render', { crop })} />
      <LimitSlider
        param={LIFT_PARAMS.longSide}
        name="longSide"
        values={render}
        set={(patch) => lift.set('render', patch)}
      />
      <LimitSlider param={LIFT_PARAMS.edge} name="edge" values={render} set={(patch) => lift.set('render', patch)} />
      <LimitSlider
        param={LIFT_PARAMS.tolerance}
        name="tolerance"
        values={render}
        set={(patch) => lift.set('render', patch)}
      />
    </Section>
  );
}

function ClipSliders() {
  const lift = useLift();
  const [low, high] = useLiftState((state) => state.settings.depth.clip);
  const values = { low, high };
  const gap = 0.01;
  return (
    <>
      <LimitSlider
        param={LIFT_PARAMS.clipLow}
        name="low"
        values={values}
        set={(patch) => lift.set('depth', { clip: [Math.min(patch.low ?? low, high - gap), high] })}
      />
      <LimitSlider
        param={LIFT_PARAMS.clipHigh}
        name="high"
        values={values}
        set={(patch) => lift.set('depth', { clip: [low, Math.max(patch.high ?? high, low + gap)] })}
      />
    </>
  );
}
