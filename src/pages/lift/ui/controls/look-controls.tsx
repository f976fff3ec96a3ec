import { percent } from '../../../../ui/format.ts';
import { LIFT_PARAMS } from '../../params.ts';
import { Section } from '../../../../ui/section.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { useLift, useLiftState } from '../lift-context.ts';
import { LimitSlider } from './limit-slider.tsx';
import { NetworkPicker } from './network-picker.tsx';
import { usePresentNetwork } from '../use-present-network.ts';

/** What is put where the photo shows nothing. */
export function HoleControls() {
  const lift = useLift();
  const { fill } = useLiftState((state) => state.settings.render);
  const facts = useLiftState((state) => state.facts);
  const hasModel = usePresentNetwork('inpainting') !== null;
  return (
    <Section title="Holes" summary={facts && percent(1 - facts.covered)}>
      <Segmented
        label={LIFT_PARAMS.fill.label}
        value={fill}
        options={LIFT_PARAMS.fill.options.filter(({ value }) => value !== 'model' || hasModel || fill === 'model')}
        onChange={(value) => lift.set('render', { fill: value })}
      />
      <p className="hint">However they are filled, holes are no part of the truth and are never scored.</p>
      <NetworkPicker purpose="inpainting" label="Open an inpainting network (.onnx)" />
    </Section>
  );
}

/** Which places are sky: they have no depth, and are left out of truth and scores. */
export function SkyControls() {
  const lift = useLift();
  const sky = useLiftState((state) => state.settings.sky);
  const hasModel = usePresentNetwork('sky') !== null;
  return (
    <Section title="Sky" summary={LIFT_PARAMS.sky.options.find(({ value }) => value === sky.source)?.label}>
      <Segmented
        label={LIFT_PARAMS.sky.label}
        value={sky.source}
        options={LIFT_PARAMS.sky.options.filter(({ value }) => value !== 'model' || hasModel || sky.source === 'model')}
        onChange={(source) => lift.set('sky', { source })}
      />
      {sky.source !== 'none' && (
        <LimitSlider
          param={LIFT_PARAMS.skyThreshold}
          name="threshold"
          values={sky}
          set={(patch) => lift.set('sky', patch)}
        />
      )}
      <NetworkPicker purpose="sky" label="Open a sky network (.onnx)" />
    </Section>
  );
}
