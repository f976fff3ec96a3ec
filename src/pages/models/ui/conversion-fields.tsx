import type { ReactNode } from 'react';
import type { InstalledModel } from '../../../models/library-contract.ts';
import type { ChosenConversion } from '../state/recipes.ts';
import { NumberField } from '../../../ui/number-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Switch } from '../../../ui/switch.tsx';

interface ConversionFieldsProps {
  chosen: ChosenConversion;
  onChange: (patch: Partial<ChosenConversion>) => void;
  /** What the checkpoint is known to be; null where its tensors will tell. */
  kind: InstalledModel['kind'] | null;
  defaultSize: number | null;
}

const PRECISIONS = [
  { value: 'fp32', label: 'fp32' },
  { value: 'fp16', label: 'fp16' },
  { value: 'q8', label: '8 bit' },
  { value: 'q4', label: '4 bit' },
] as const;

const KINDS = [
  { value: 'auto', label: 'What its tensors show' },
  { value: 'matcher', label: 'Matcher' },
  { value: 'vit', label: 'Encoder (ViT)' },
  { value: 'depth', label: 'Depth' },
];

const PRECISION_HINTS: Record<ChosenConversion['precision'], string> = {
  fp32: 'Exact, and the largest.',
  fp16: 'Half the size and faster on graphics cards that compute in half precision.',
  q8: 'A third of the size; linear layers in 8 bits.',
  q4: 'A quarter of the size; linear layers in 4 bits, with some loss.',
};

/** The choices of a conversion; sizes are built into the network and cannot change afterwards. */
export function ConversionFields({ chosen, onChange, kind, defaultSize }: ConversionFieldsProps): ReactNode {
  const mayBeMatcher = kind === 'matcher' || (kind === null && (chosen.kind === 'auto' || chosen.kind === 'matcher'));
  return (
    <>
      <div className="field-grid">
        <NumberField
          label="Input size, px"
          value={chosen.size}
          placeholder={defaultSize === null ? 'its own' : String(defaultSize)}
          min={28}
          max={1680}
          step={14}
          onChange={(size) => onChange({ size })}
        />
        {mayBeMatcher && chosen.hasSecondPass && (
          <NumberField
            label="Second pass, px"
            value={chosen.fineSize}
            placeholder="twice"
            min={56}
            max={2688}
            step={8}
            onChange={(fineSize) => onChange({ fineSize })}
          />
        )}
      </div>
      {mayBeMatcher && (
        <Switch
          label="Second, finer pass"
          checked={chosen.hasSecondPass}
          onChange={(hasSecondPass) => onChange({ hasSecondPass })}
        />
      )}
      <Segmented
        label="Precision"
        value={chosen.precision}
        options={PRECISIONS}
        onChange={(precision) => onChange({ precision })}
      />
      <p className="hint">{PRECISION_HINTS[chosen.precision]}</p>
      <details>
        <summary>What the file does not tell</summary>
        <div className="stack details-body">
          {kind === null && (
            <Select
              label="Network"
              value={chosen.kind}
              options={KINDS}
              onChange={(value) => onChange({ kind: value as ChosenConversion['kind'] })}
            />
          )}
          <div className="field-grid">
            <NumberField
              label="Heads of the ViT"
              value={chosen.heads}
              placeholder="64 channels each"
              min={1}
              max={64}
              step={1}
              onChange={(heads) => onChange({ heads })}
            />
            {mayBeMatcher && (
              <NumberField
                label="Heads of the decoder"
                value={chosen.decoderHeads}
                placeholder="8"
                min={1}
                max={64}
                step={1}
                onChange={(decoderHeads) => onChange({ decoderHeads })}
              />
            )}
          </div>
        </div>
      </details>
    </>
  );
}
