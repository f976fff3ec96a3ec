import type { ChoiceParam, NumberParam, OptionalNumberParam, SwitchParam } from '../platform/params/params.ts';
import { LogSlider } from './log-slider.tsx';
import { Segmented } from './segmented.tsx';
import { Slider } from './slider.tsx';
import { Switch } from './switch.tsx';

interface ControlProps<P, T> {
  param: P;
  value: T;
  onChange: (value: T) => void;
  /** Where the page says it in other words than the declaration. */
  label?: string;
}

interface ParamSliderProps extends ControlProps<NumberParam | OptionalNumberParam, number> {
  /** The value as the person reads it; by default with the step's digits and the unit. */
  format?: (value: number) => string;
}

/** A declared number as a slider. */
export function ParamSlider({ param, value, onChange, label = param.label, format }: ParamSliderProps) {
  const [min, max] = param.slider ?? param.range;
  const decimals = String(param.step).split('.')[1]?.length ?? 0;
  const say = format ?? ((shown) => `${shown.toFixed(decimals)}${param.unit ?? ''}`);
  const shared = { label, value, min, max, format: say, hint: param.help, onChange };
  return param.scale === 'log' ? <LogSlider {...shared} /> : <Slider {...shared} step={param.step} />;
}

/** A declared choice of few words. */
export function ParamChoice<T extends string>(props: ControlProps<ChoiceParam<T>, T>) {
  const { param, value, onChange, label = param.label } = props;
  return <Segmented label={label} value={value} options={param.options} onChange={onChange} />;
}

/** A declared switch. */
export function ParamSwitch({ param, value, onChange, label = param.label }: ControlProps<SwitchParam, boolean>) {
  return <Switch label={label} checked={value} hint={param.help} onChange={onChange} />;
}
