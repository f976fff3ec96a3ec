import { useState } from 'react';
import type { Side } from '../../../../core/geometry.ts';
import { NO_PHOTOMETRIC } from '../../contract/settings.ts';
import type { PhotometricSettings } from '../../contract/settings.ts';
import { Section } from '../../../../ui/section.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { useLift, useLiftState } from '../lift-context.ts';
import { LimitSlider } from './limit-slider.tsx';
import { SIDE_NAMES } from '../texts.ts';

const SIDES = (['a', 'b'] as const).map((side) => ({ value: side, label: SIDE_NAMES[side] }));

const isChanged = (settings: PhotometricSettings) =>
  (Object.keys(NO_PHOTOMETRIC) as (keyof PhotometricSettings)[]).some((key) => settings[key] !== NO_PHOTOMETRIC[key]);

/** What the camera does to each picture after the light. */
export function PhotometricControls() {
  const lift = useLift();
  const [side, setSide] = useState<Side>('b');
  const photometric = useLiftState((state) => state.settings.photometric);
  const values = photometric[side];
  const part = { values, set: (patch: Partial<PhotometricSettings>) => lift.setPhotometric(side, patch) };
  const changed = SIDES.filter(({ value }) => isChanged(photometric[value])).map(({ label }) => label);
  return (
    <Section title="Photometric" summary={changed.length > 0 ? changed.join(', ') : 'as they are'}>
      <Segmented label="Changes of" value={side} options={SIDES} onChange={setSide} />
      <LimitSlider label="Exposure" name="exposure" {...part} step={0.1} digits={1} unit=" stops" />
      <LimitSlider label="Gamma" name="gamma" {...part} step={0.05} />
      <LimitSlider label="Noise" name="noise" {...part} step={0.005} digits={3} hint="Standard deviation, of 0–1" />
      <LimitSlider
        label="Blur"
        name="blur"
        {...part}
        range={[0, 6]}
        step={0.1}
        digits={1}
        unit=" px"
        hint="Sigma of a Gaussian"
      />
      <LimitSlider label="JPEG quality" name="jpeg" {...part} step={1} digits={0} hint="100 is off" />
      <button
        type="button"
        className="button"
        disabled={!isChanged(values)}
        onClick={() => lift.setPhotometric(side, NO_PHOTOMETRIC)}
      >
        As it was
      </button>
    </Section>
  );
}
