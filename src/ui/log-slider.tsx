import { Slider } from './slider.tsx';

interface LogSliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  format: (value: number) => string;
  hint?: string;
  onChange: (value: number) => void;
}

/** A slider over orders of magnitude. */
export function LogSlider({ label, value, min, max, format, hint, onChange }: LogSliderProps) {
  const valueAt = (position: number) => min * (max / min) ** position;
  const position = Math.log(Math.min(max, Math.max(min, value)) / min) / Math.log(max / min);
  return (
    <Slider
      label={label}
      value={position}
      min={0}
      max={1}
      step={0.005}
      // The value itself, not the slider's rounding of it.
      format={() => format(value)}
      hint={hint}
      onChange={(next) => onChange(Number(valueAt(next).toPrecision(3)))}
    />
  );
}
