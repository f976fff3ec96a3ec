import { Section } from '../../../../ui/section.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { LimitSlider } from './limit-slider.tsx';
import { useLift, useLiftState } from '../lift-context.ts';

const MEANINGS = [
  { value: 'disparity', label: 'Disparity' },
  { value: 'depth', label: 'Depth' },
] as const;
const CROPS = [
  { value: 'whole', label: 'Whole photo' },
  { value: 'square', label: 'Square (L2M)' },
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
      <LimitSlider label="Scale a" name="scale" {...part} step={0.05} hint="z = 1 / (a · disparity + b)" />
      <LimitSlider label="Shift b" name="shift" {...part} step={0.01} hint="z = 1 / (a · disparity + b)" />
      <LimitSlider label="Focal length" name="focal" {...part} step={0.01} digits={2} unit=" of the width" />
      <LimitSlider label="Near" name="near" {...part} step={0.02} />
      <LimitSlider label="Far" name="far" {...part} step={1} digits={0} />
      <LimitSlider label="Blur" name="blur" {...part} step={0.25} unit=" px" />
      <ClipSliders />
      <Segmented label="Crop" value={render.crop} options={CROPS} onChange={(crop) => lift.set('render', { crop })} />
      <LimitSlider
        label="Render size"
        name="longSide"
        values={render}
        set={(patch) => lift.set('render', patch)}
        step={32}
        digits={0}
        unit=" px"
      />
      <LimitSlider
        label="Cut surfaces at edges above"
        name="edge"
        values={render}
        set={(patch) => lift.set('render', patch)}
        step={0.01}
        hint="Sobel magnitude of the disparity: faces across steeper steps are dropped."
      />
      <LimitSlider
        label="Visible within"
        name="tolerance"
        values={render}
        set={(patch) => lift.set('render', patch)}
        step={0.001}
        digits={3}
        hint="A place counts as visible where its depth is within this share of the rendered depth."
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
        label="Clip the far end at"
        name="low"
        values={values}
        range={[0, 1]}
        set={(patch) => lift.set('depth', { clip: [Math.min(patch.low ?? low, high - gap), high] })}
        step={0.01}
      />
      <LimitSlider
        label="Clip the near end at"
        name="high"
        values={values}
        range={[0, 1]}
        set={(patch) => lift.set('depth', { clip: [low, Math.max(patch.high ?? high, low + gap)] })}
        step={0.01}
      />
    </>
  );
}
