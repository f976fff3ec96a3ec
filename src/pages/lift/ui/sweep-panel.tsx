import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { ModelChecks } from '../../../workspace/ui/scores/model-checks.tsx';
import { SweepCurves } from '../../../workspace/ui/scores/sweep-curves.tsx';
import { SWEEP_KINDS, type SweepKind } from '../contract/api.ts';
import { SWEEP_RANGES, SWEEP_STEPS } from '../params.ts';
import type { SweepRun } from '../state/types.ts';
import { useLift, useLiftState } from './lift-context.ts';
import { STAGE_TEXTS, SWEEP_NAMES, SWEEP_UNITS } from './texts.ts';

const KINDS = SWEEP_KINDS.map((kind) => ({ value: kind, label: SWEEP_NAMES[kind] }));

/** Breaking points: what is turned up, by which steps, for which matchers; and the curves. */
export function SweepPanel() {
  const lift = useLift();
  const settings = useLiftState((state) => state.sweepSettings);
  const sweep = useLiftState((state) => state.sweep);
  const canSweep = useLiftState((state) => state.facts !== null);
  const { min, max, digits } = SWEEP_RANGES[settings.kind];
  const step = 10 ** -digits * (digits > 1 ? 5 : 10);
  const format = (value: number) => `${Number(value.toFixed(digits))} ${SWEEP_UNITS[settings.kind]}`;
  const isRunning = sweep?.progress != null;
  return (
    <Section title="Breaking points" summary={sweep && `${sweep.points.length} of ${sweep.total}`}>
      <Select
        label="Turn up"
        value={settings.kind}
        options={KINDS}
        onChange={(kind) => lift.sweeping.update({ kind: kind as SweepKind })}
      />
      <Slider
        label="From"
        value={settings.from}
        min={min}
        max={max}
        step={step}
        format={format}
        onChange={(from) => lift.sweeping.update({ from })}
      />
      <Slider
        label="To"
        value={settings.to}
        min={min}
        max={max}
        step={step}
        format={format}
        onChange={(to) => lift.sweeping.update({ to })}
      />
      <Slider
        label="Steps"
        value={settings.steps}
        {...SWEEP_STEPS}
        step={1}
        format={String}
        onChange={(steps) => lift.sweeping.update({ steps })}
      />
      <ModelChoice />
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={!canSweep || isRunning || settings.from === settings.to}
          onClick={() => void lift.sweeping.run()}
        >
          Sweep
        </button>
        {isRunning && (
          <button type="button" className="button" onClick={() => lift.sweeping.stop()}>
            Stop
          </button>
        )}
      </div>
      {sweep && <Curves sweep={sweep} />}
    </Section>
  );
}

/** Which matchers are swept. */
function ModelChoice() {
  const lift = useLift();
  const chosen = useLiftState((state) => state.sweepSettings.models);
  const standard = lift.scoring.model()?.id;
  return <ModelChecks chosen={chosen} standard={standard} onChange={(models) => lift.sweeping.update({ models })} />;
}

function Curves({ sweep }: { sweep: SweepRun }) {
  const lift = useLift();
  const { kind, progress } = sweep;
  return (
    <SweepCurves
      {...sweep}
      name={kind}
      title={SWEEP_NAMES[kind]}
      unit={SWEEP_UNITS[kind]}
      working={progress && STAGE_TEXTS[progress.stage]}
      onError={(thrown) => lift.report(thrown)}
    />
  );
}
