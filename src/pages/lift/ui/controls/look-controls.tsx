import type { HoleFill, LiftSettings } from '../../contract/settings.ts';
import { percent } from '../../../../ui/format.ts';
import { Section } from '../../../../ui/section.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { useLift, useLiftState } from '../lift-context.ts';
import { LimitSlider } from './limit-slider.tsx';
import { NetworkPicker } from './network-picker.tsx';
import { usePresentNetwork } from '../use-present-network.ts';

const FILLS: { value: HoleFill; label: string }[] = [
  { value: 'none', label: 'Show' },
  { value: 'push-pull', label: 'Fill smoothly' },
  { value: 'model', label: 'Model' },
];
const SKIES: { value: LiftSettings['sky']['source']; label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'heuristic', label: 'By colour' },
  { value: 'model', label: 'Model' },
];

/** What is put where the photo shows nothing. */
export function HoleControls() {
  const lift = useLift();
  const { fill } = useLiftState((state) => state.settings.render);
  const facts = useLiftState((state) => state.facts);
  const hasModel = usePresentNetwork('inpainting') !== null;
  return (
    <Section title="Holes" summary={facts && percent(1 - facts.covered)}>
      <Segmented
        label="What the photo does not show"
        value={fill}
        options={FILLS.filter(({ value }) => value !== 'model' || hasModel || fill === 'model')}
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
    <Section title="Sky" summary={SKIES.find(({ value }) => value === sky.source)?.label}>
      <Segmented
        label="Found"
        value={sky.source}
        options={SKIES.filter(({ value }) => value !== 'model' || hasModel || sky.source === 'model')}
        onChange={(source) => lift.set('sky', { source })}
      />
      {sky.source !== 'none' && (
        <LimitSlider
          label="Sky above"
          name="threshold"
          values={sky}
          range={[0.05, 0.95]}
          set={(patch) => lift.set('sky', patch)}
          step={0.01}
        />
      )}
      <NetworkPicker purpose="sky" label="Open a sky network (.onnx)" />
    </Section>
  );
}
