import {
  ANIMATION_RANGES,
  ANIMATION_SIDES,
  type AnimationFormat,
  type AnimationKind,
  type AnimationSettings,
} from '../../../../exports/animation-settings.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Select } from '../../../../ui/select.tsx';
import { Slider } from '../../../../ui/slider.tsx';

const KINDS: { value: AnimationKind; label: string }[] = [
  { value: 'morph', label: 'Morph' },
  { value: 'flicker', label: 'Flicker' },
  { value: 'swipe', label: 'Swipe' },
  { value: 'fly', label: 'Flight' },
];
const FORMATS: { value: AnimationFormat; label: string }[] = [
  { value: 'gif', label: 'GIF' },
  { value: 'apng', label: 'APNG' },
  { value: 'webm', label: 'WebM' },
];
const FORMAT_HINTS: Record<AnimationFormat, string> = {
  gif: '255 colours, plays everywhere.',
  apng: 'Full colour, without loss, and large. Plays in browsers.',
  webm: 'Video, the smallest. Looping is up to the player.',
};
const LOOPS = [0, 1, 2, 3, 5, 10];

interface AnimationOptionsProps {
  settings: AnimationSettings;
  onChange: (settings: AnimationSettings) => void;
}

/** How A turns into B, and as what it is saved. */
export function AnimationOptions({ settings, onChange }: AnimationOptionsProps) {
  const change = (patch: Partial<AnimationSettings>) => onChange({ ...settings, ...patch });
  const { fps, seconds } = ANIMATION_RANGES;
  return (
    <>
      <Segmented label="Motion" value={settings.kind} options={KINDS} onChange={(kind) => change({ kind })} />
      {settings.kind === 'fly' && <p className="hint">Through the scene that the view Fly shows: open it first.</p>}
      <Segmented label="File" value={settings.format} options={FORMATS} onChange={(format) => change({ format })} />
      <p className="hint">{FORMAT_HINTS[settings.format]}</p>
      <div className="option-pair">
        <Select
          label="Longer side"
          value={String(settings.longSide)}
          options={ANIMATION_SIDES.map((side) => ({ value: String(side), label: `${side} px` }))}
          onChange={(side) => change({ longSide: Number(side) })}
        />
        <Select
          label="Played"
          value={String(settings.loops)}
          options={LOOPS.map((loops) => ({ value: String(loops), label: loopText(loops) }))}
          onChange={(loops) => change({ loops: Number(loops) })}
        />
      </div>
      <Slider
        label="There and back"
        value={settings.seconds}
        {...seconds}
        step={0.2}
        format={(value) => `${value.toFixed(1)} s`}
        onChange={(value) => change({ seconds: value })}
      />
      {settings.kind !== 'flicker' && (
        <Slider
          label="Frames a second"
          value={settings.fps}
          {...fps}
          step={1}
          format={String}
          onChange={(value) => change({ fps: value })}
        />
      )}
    </>
  );
}

const loopText = (loops: number) => (loops === 0 ? 'for ever' : loops === 1 ? 'once' : `${loops} times`);
