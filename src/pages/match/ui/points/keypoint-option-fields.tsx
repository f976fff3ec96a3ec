import type { PointsState } from '../../state/points.ts';
import { NumberField } from '../../../../ui/number-field.tsx';
import { Switch } from '../../../../ui/switch.tsx';

type Options = PointsState['options'];

interface KeypointOptionFieldsProps {
  options: Options;
  /** What an empty distance means, pixels of B. */
  defaultDistance: number;
  onChange: (patch: Partial<Options>) => void;
}

/** When two keypoints are partners. */
export function KeypointOptionFields({ options, defaultDistance, onChange }: KeypointOptionFieldsProps) {
  return (
    <>
      <div className="point-lists">
        <NumberField
          label="Largest distance, px of the other photo"
          value={options.maxDistance}
          placeholder={`${defaultDistance} (as RoMa)`}
          min={0.1}
          max={1000}
          step={0.1}
          onChange={(maxDistance) => onChange({ maxDistance: maxDistance && maxDistance > 0 ? maxDistance : null })}
        />
        <NumberField
          label="Least certainty"
          value={options.minCertainty}
          placeholder="0"
          min={0}
          max={1}
          step={0.01}
          onChange={(minCertainty) => onChange({ minCertainty: Math.min(1, Math.max(0, minCertainty ?? 0)) })}
        />
      </div>
      <Switch
        label="Both directions must agree"
        hint="Off: only A’s keypoints are taken to B, as RoMa does."
        checked={options.check === 'both'}
        onChange={(both) => onChange({ check: both ? 'both' : 'forward' })}
      />
    </>
  );
}
