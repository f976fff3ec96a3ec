import { LIFT_LIMITS } from '../../contract/settings.ts';
import { Slider } from '../../../../ui/slider.tsx';

type Numbers<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T] & string;

interface LimitSliderProps<T> {
  label: string;
  /** Which number of `values`; its range is LIFT_LIMITS' of the same name unless `range` is given. */
  name: Numbers<T>;
  values: T;
  set: (patch: Partial<T>) => void;
  range?: readonly [min: number, max: number];
  step: number;
  digits?: number;
  unit?: string;
  hint?: string;
}

/** A slider for one number of a part of the settings. */
export function LimitSlider<T>(props: LimitSliderProps<T>) {
  const { label, name, values, set, step, digits = 2, unit = '', hint } = props;
  const [min, max] = props.range ?? LIFT_LIMITS[name as unknown as keyof typeof LIFT_LIMITS];
  return (
    <Slider
      label={label}
      value={values[name] as number}
      min={min}
      max={max}
      step={step}
      format={(value) => `${value.toFixed(digits)}${unit}`}
      hint={hint}
      onChange={(value) => set({ [name]: value } as Partial<T>)}
    />
  );
}
