import type { ReactNode } from 'react';
import type { FamilyChoice, NetworkFamily } from '../../../networks/family.ts';
import { FAMILIES, familyOf } from '../../../networks/index.ts';
import type { ChosenConversion } from '../state/recipes.ts';
import { NumberField } from '../../../ui/number-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Switch } from '../../../ui/switch.tsx';

interface ConversionFieldsProps {
  chosen: ChosenConversion;
  onChange: (patch: Partial<ChosenConversion>) => void;
  /** What the checkpoint is known to be; null where its tensors will tell. */
  family: NetworkFamily | null;
  /** As shown: a side, or width×height; null where the network's own is not known. */
  defaultSize: string | null;
}

const PRECISIONS = [
  { value: 'fp32', label: 'fp32' },
  { value: 'fp16', label: 'fp16' },
  { value: 'q8', label: '8 bit' },
  { value: 'q4', label: '4 bit' },
] as const;

const TARGETS = [
  { value: 'auto', label: 'What its tensors show' },
  ...FAMILIES.map(({ name, label }) => ({ value: name, label })),
];

const NORMALISATIONS = [
  { value: '', label: 'As its family does' },
  { value: 'imagenet', label: 'By ImageNet (RoMa, MINIMA, DINO)' },
  { value: 'satellite', label: 'By satellite images (DINOv3 SAT)' },
  { value: 'none', label: 'Not at all (L2M++, MatchAnything)' },
];

const BRANCHES = [
  { value: '', label: 'What its authors evaluate' },
  { value: 'student', label: 'The student' },
  { value: 'teacher', label: 'The teacher (running mean)' },
];

const RELEASES = [
  { value: '', label: '2.0.1, April 2026' },
  { value: '2.0.0', label: '2.0.0, November 2025' },
];

const POSITION_CODES = [
  { value: '', label: 'As published (outdoor_ds, indoor_ds)' },
  { value: 'corrected', label: 'Corrected (indoor_ds_new, most retrained ones)' },
];

const TOKENS = [
  { value: '', label: 'After the final norm' },
  { value: 'raw', label: 'Before it, as Probe3D reads them' },
];

/** What only some files leave open, each answered by a choice from a list. */
const QUESTIONS = [
  { choice: 'normalise', label: 'Pixels are normalised', options: NORMALISATIONS },
  { choice: 'branch', label: 'Of a training file', options: BRANCHES },
  { choice: 'tokens', label: 'Tokens', options: TOKENS },
  { choice: 'release', label: 'Release of a RoMa v2', options: RELEASES },
  { choice: 'positionCode', label: 'Position code of a LoFTR', options: POSITION_CODES },
] as const;

const PRECISION_HINTS: Record<ChosenConversion['precision'], string> = {
  fp32: 'Exact, and the largest.',
  fp16: 'Half the size and faster on graphics cards that compute in half precision.',
  q8: 'A third of the size; linear layers in 8 bits.',
  q4: 'A quarter of the size; linear layers in 4 bits, with some loss.',
};

/** The choices of a conversion; sizes are built into the network and cannot change afterwards. */
export function ConversionFields({ chosen, onChange, family, defaultSize }: ConversionFieldsProps): ReactNode {
  const known = family ?? familyOf(chosen.family);
  // What no family takes is not asked for; before the family is known, all of it is.
  const takes = (choice: FamilyChoice) => known === undefined || known.choices.includes(choice);
  // Files that are not known may want the multiple of any family.
  const multiple = known?.side.multiple ?? 2;
  const questions = QUESTIONS.filter(({ choice }) => takes(choice));
  return (
    <>
      <div className="field-grid">
        <NumberField
          label="Input size, px"
          value={chosen.size}
          placeholder={defaultSize ?? 'its own'}
          min={Math.ceil(28 / multiple) * multiple}
          max={1680}
          step={multiple}
          onChange={(size) => onChange({ size })}
        />
        {known !== undefined && takes('keypoints') && (
          <NumberField
            label="Key points, at most"
            value={chosen.keypoints}
            placeholder="1300"
            min={16}
            max={4096}
            step={1}
            onChange={(keypoints) => onChange({ keypoints })}
          />
        )}
        {takes('fineSize') && chosen.hasSecondPass && (
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
      {takes('fineSize') && (
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
      {(family === null || takes('heads') || takes('decoderHeads') || questions.length > 0) && (
        <details>
          <summary>What the file does not tell</summary>
          <div className="stack details-body">
            {family === null && (
              <Select
                label="Network"
                value={chosen.family}
                options={TARGETS}
                onChange={(value) => onChange({ family: value })}
              />
            )}
            {questions.map(({ choice, label, options }) => (
              <Select
                key={choice}
                label={label}
                value={chosen[choice] ?? ''}
                options={options}
                onChange={(value) => onChange({ [choice]: value || null })}
              />
            ))}
            <div className="field-grid">
              {takes('heads') && (
                <NumberField
                  label="Heads of the ViT"
                  value={chosen.heads}
                  placeholder="64 channels each"
                  min={1}
                  max={64}
                  step={1}
                  onChange={(heads) => onChange({ heads })}
                />
              )}
              {takes('decoderHeads') && (
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
      )}
    </>
  );
}
