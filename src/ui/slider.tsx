import { useId } from 'react';

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** The value as the person reads it. */
  format: (value: number) => string;
  onChange: (value: number) => void;
  hint?: string;
}

/** A labelled range input with its value beside the label; acts while it is dragged. */
export function Slider({ label, value, min, max, step, format, onChange, hint }: SliderProps) {
  const id = useId();
  const text = format(value);
  return (
    <div className="field" title={hint}>
      <div className="field-head">
        <label htmlFor={id}>{label}</label>
        <output htmlFor={id}>{text}</output>
      </div>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        style={{ '--share': `${(100 * (value - min)) / (max - min)}%` }}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
    </div>
  );
}
