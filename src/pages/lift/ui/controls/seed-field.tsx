import { useId } from 'react';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { DiceIcon } from '../../../../ui/icons.tsx';
import { LIFT_PARAMS } from '../../params.ts';
import { useLift, useLiftState } from '../lift-context.ts';

/** Seeds from the dice are short enough to be told on the phone. */
const DICE_RANGE = 100_000;

/** The seed that everything random comes from, with a dice for another one. */
export function SeedField() {
  const lift = useLift();
  const seed = useLiftState((state) => state.seed);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Seed</label>
      <div className="seed-row">
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={0}
          max={LIFT_PARAMS.seed.range[1]}
          step={1}
          value={seed}
          onChange={({ target }) => {
            const value = Math.round(target.valueAsNumber);
            if (value >= 0 && value <= LIFT_PARAMS.seed.range[1]) lift.setSeed(value);
          }}
        />
        <IconButton label="Another seed" onClick={() => lift.setSeed(Math.floor(Math.random() * DICE_RANGE))}>
          <DiceIcon />
        </IconButton>
      </div>
    </div>
  );
}
