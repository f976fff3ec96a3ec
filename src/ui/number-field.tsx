import { useId } from 'react';

interface NumberFieldProps {
  label: string;
  /** Null while the field is empty. */
  value: number | null;
  /** What an empty field means. */
  placeholder: string;
  min: number;
  max: number;
  step: number;
  onChange: (value: number | null) => void;
}

/** A number that may be left out; the form refuses what is not a multiple of `step` from zero or out of range. */
export function NumberField({ label, value, placeholder, min, max, step, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        min={min}
        max={max}
        step={step}
        placeholder={placeholder}
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? null : target.valueAsNumber)}
      />
    </div>
  );
}
