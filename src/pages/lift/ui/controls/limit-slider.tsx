import type { NumberParam } from '../../../../platform/params/params.ts';
import { ParamSlider } from '../../../../ui/param-controls.tsx';

type Numbers<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T] & string;

interface LimitSliderProps<T> {
  param: NumberParam;
  /** Which number of `values`. */
  name: Numbers<T>;
  values: T;
  set: (patch: Partial<T>) => void;
}

/** A slider for one number of a part of the settings. */
export function LimitSlider<T>({ param, name, values, set }: LimitSliderProps<T>) {
  return (
    <ParamSlider
      param={param}
      value={values[name] as number}
      onChange={(value) => set({ [name]: value } as Partial<T>)}
    />
  );
}
