import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { ModelChecks } from '../../../workspace/ui/scores/model-checks.tsx';
import { SweepCurves } from '../../../workspace/ui/scores/sweep-curves.tsx';
import { VIEW_SWEEPS, type ViewSweep } from '../../../gaussians/pairs/swept-view.ts';
import { SWEEP_RANGES, SWEEP_STEPS } from '../params.ts';
import { JobProgress } from './job-progress.tsx';
import { useScene, useSceneState } from './scene-context.ts';
import { STAGE_TEXTS, SWEEP_NAMES, SWEEP_UNITS } from './texts.ts';

const KINDS = VIEW_SWEEPS.map((kind) => ({ value: kind, label: SWEEP_NAMES[kind] }));

/** Breaking points: what is turned up between the two views, by which steps, for which matchers; and the curves. */
export function SweepPanel() {
  const scene = useScene();
  const settings = useSceneState((state) => state.values.sweep);
  const sweep = useSceneState((state) => state.sweep);
  const isOpen = useSceneState((state) => state.facts !== null);
  const hasA = useSceneState((state) => state.chosen.a !== null);
  const models = useSceneState((state) => state.sweepModels);
  const { min, max, digits } = SWEEP_RANGES[settings.kind];
  const step = settings.kind === 'angle' ? 1 : 0.05;
  const format = (value: number) => `${Number(value.toFixed(digits))} ${SWEEP_UNITS[settings.kind]}`;
  const progress = sweep?.progress ?? null;
  const limits = { min, max, step, format };
  return (
    <Section title="Breaking points" summary={sweep && `${sweep.points.length} of ${sweep.total}`}>
      <Select
        label="Turn up"
        value={settings.kind}
        options={KINDS}
        onChange={(kind) => scene.sweeping.update({ kind: kind as ViewSweep })}
        hint={`From ${hasA ? 'view A' : 'the present view'}; nothing else changes.`}
      />
      <Slider label="From" value={settings.from} {...limits} onChange={(from) => scene.sweeping.update({ from })} />
      <Slider label="To" value={settings.to} {...limits} onChange={(to) => scene.sweeping.update({ to })} />
      <Slider
        label="Steps"
        value={settings.steps}
        {...SWEEP_STEPS}
        step={1}
        format={String}
        onChange={(steps) => scene.sweeping.update({ steps })}
      />
      <ModelChecks
        chosen={models}
        standard={scene.scoring.model()?.id}
        onChange={(sweepModels) => scene.store.setState({ sweepModels })}
      />
      <button
        type="button"
        className="button primary"
        disabled={!isOpen || progress !== null || settings.from === settings.to}
        onClick={() => void scene.sweeping.run()}
      >
        Sweep
      </button>
      {sweep && (
        <SweepCurves
          {...sweep}
          name={`scene-${sweep.kind}`}
          title={SWEEP_NAMES[sweep.kind]}
          unit={SWEEP_UNITS[sweep.kind]}
          working={null}
          onError={(thrown) => scene.report(thrown)}
        />
      )}
      {sweep && progress && (
        <JobProgress
          label="Sweep"
          progress={{ ...progress, done: sweep.points.length, total: sweep.total }}
          text={`${STAGE_TEXTS[progress.stage]} … ${sweep.points.length} of ${sweep.total}`}
          onStop={() => scene.sweeping.stop()}
        />
      )}
    </Section>
  );
}
