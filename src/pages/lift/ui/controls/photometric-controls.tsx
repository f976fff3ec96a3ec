import { useState } from 'react';
import type { Side } from '../../../../core/geometry.ts';
import { NO_PHOTOMETRIC } from '../../contract/settings.ts';
import type { PhotometricSettings } from '../../contract/settings.ts';
import { PHOTOMETRIC_PARAMS } from '../../params.ts';
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
      <LimitSlider param={PHOTOMETRIC_PARAMS[side].exposure} name="exposure" {...part} />
      <LimitSlider param={PHOTOMETRIC_PARAMS[side].gamma} name="gamma" {...part} />
      <LimitSlider param={PHOTOMETRIC_PARAMS[side].noise} name="noise" {...part} />
      <LimitSlider param={PHOTOMETRIC_PARAMS[side].blur} name="blur" {...part} />
      <LimitSlider param={PHOTOMETRIC_PARAMS[side].jpeg} name="jpeg" {...part} />
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
