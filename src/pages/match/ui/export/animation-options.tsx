import type { AnimationFormat } from '../../../../exports/animation-settings.ts';
import { ParamChoice, ParamSlider } from '../../../../ui/param-controls.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Select } from '../../../../ui/select.tsx';
import { EXPORT_PARAMS, type ExportSettings, motionOf } from '../../params/export.ts';
import { useWorkspaceState } from '../workspace-context.ts';

const FORMAT_HINTS: Record<AnimationFormat, string> = {
  gif: '255 colours, plays everywhere.',
  apng: 'Full colour, without loss, and large. Plays in browsers.',
  webm: 'Video, the smallest. Looping is up to the player.',
};
const SIDES = [240, 360, 480, 720, 1080];
const LOOPS = [0, 1, 2, 3, 5, 10];
const MOTIONS = EXPORT_PARAMS.motion.options.flatMap(({ value, label }) =>
  value === 'shown' ? [] : [{ value, label }],
);

interface AnimationOptionsProps {
  settings: ExportSettings;
  onChange: (patch: Partial<ExportSettings>) => void;
}

/** How A turns into B, and as what it is saved. */
export function AnimationOptions({ settings, onChange }: AnimationOptionsProps) {
  const isFlight = useWorkspaceState((state) => state.view.view === 'fly' && state.fly.info?.abstention === null);
  const motion = motionOf(settings, isFlight);
  return (
    <>
      <Segmented
        label={EXPORT_PARAMS.motion.label}
        value={motion}
        options={MOTIONS}
        onChange={(chosen) => onChange({ motion: chosen })}
      />
      {motion === 'fly' && <p className="hint">Through the scene that the view Fly shows: open it first.</p>}
      <ParamChoice
        param={EXPORT_PARAMS.animation}
        value={settings.animation}
        onChange={(animation) => onChange({ animation })}
      />
      <p className="hint">{FORMAT_HINTS[settings.animation]}</p>
      <div className="option-pair">
        <Select
          label={EXPORT_PARAMS.longSide.label}
          value={String(settings.longSide)}
          options={offered(SIDES, settings.longSide).map((side) => ({ value: String(side), label: `${side} px` }))}
          onChange={(side) => onChange({ longSide: Number(side) })}
        />
        <Select
          label={EXPORT_PARAMS.loops.label}
          value={String(settings.loops)}
          options={offered(LOOPS, settings.loops).map((loops) => ({ value: String(loops), label: loopText(loops) }))}
          onChange={(loops) => onChange({ loops: Number(loops) })}
        />
      </div>
      <ParamSlider
        param={EXPORT_PARAMS.seconds}
        value={settings.seconds}
        onChange={(seconds) => onChange({ seconds })}
      />
      {motion !== 'flicker' && (
        <ParamSlider param={EXPORT_PARAMS.fps} value={settings.fps} onChange={(fps) => onChange({ fps })} />
      )}
    </>
  );
}

/** What is offered, with what a link brought among it. */
const offered = (usual: readonly number[], now: number) => [...new Set([...usual, now])].sort((a, b) => a - b);

const loopText = (loops: number) => (loops === 0 ? 'for ever' : loops === 1 ? 'once' : `${loops} times`);
