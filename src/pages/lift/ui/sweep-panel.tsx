import { useRef, useState } from 'react';
import { PCK_THRESHOLDS, SWEEP_KINDS } from '../contract/api.ts';
import type { SweepKind } from '../contract/api.ts';
import { breakingPoint, SWEEP_UNITS, sweepCsv, sweepCurves } from '../state/scoring/sweep-table.ts';
import type { SweepRun } from '../state/types.ts';
import { SWEEP_RANGES, SWEEP_STEPS } from '../params.ts';
import { saveFile } from '../../../ui/save-file.ts';
import { Section } from '../../../ui/section.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { useLift, useLiftState } from './lift-context.ts';
import { plotPng } from './plot-picture.ts';
import { curveColour, SweepPlot } from './sweep-plot.tsx';
import { STAGE_TEXTS, SWEEP_NAMES } from './texts.ts';

const THRESHOLDS = PCK_THRESHOLDS.map((pixels, i) => ({ value: String(i), label: `@${pixels}` }));
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

/** Which matchers are swept; nothing to choose while there is one only. */
function ModelChoice() {
  const lift = useLift();
  const models = useWorkspaceState((state) => state.models);
  const chosen = useLiftState((state) => state.sweepSettings.models);
  if (models.length < 2) return null;
  const standard = lift.scoring.model()?.id;
  const isChosen = (id: string) => (chosen.length > 0 ? chosen.includes(id) : id === standard);
  const toggle = (id: string) => {
    const before = models.map((model) => model.id).filter(isChosen);
    lift.sweeping.update({ models: before.includes(id) ? before.filter((one) => one !== id) : [...before, id] });
  };
  return (
    <fieldset className="field model-checks">
      <legend>Matchers</legend>
      {models.map(({ id, name }) => (
        <label key={id}>
          <input type="checkbox" checked={isChosen(id)} onChange={() => toggle(id)} /> {name}
        </label>
      ))}
    </fieldset>
  );
}

function Curves({ sweep }: { sweep: SweepRun }) {
  const lift = useLift();
  const [threshold, setThreshold] = useState(1);
  const svg = useRef<SVGSVGElement>(null);
  const { kind, from, to, points, progress, total } = sweep;
  const curves = sweepCurves(points);
  const savePicture = async () => {
    try {
      if (svg.current) saveFile(await plotPng(svg.current), `liftmatch-sweep-${kind}.png`);
    } catch (thrown) {
      lift.report(thrown);
    }
  };
  return (
    <div className="stack">
      {progress && (
        <div className="lift-progress" role="status">
          <span>
            {STAGE_TEXTS[progress.stage]} … {points.length} of {total}
          </span>
          <progress aria-label="Sweep" value={points.length} max={total} />
        </div>
      )}
      {points.length > 0 && (
        <>
          <Segmented
            label="Share of places within, px"
            value={String(threshold)}
            options={THRESHOLDS}
            onChange={(value) => setThreshold(Number(value))}
          />
          <SweepPlot
            curves={curves}
            threshold={threshold}
            from={from}
            to={to}
            title={`${SWEEP_NAMES[kind]}, ${SWEEP_UNITS[kind]}`}
            svgRef={svg}
          />
          <ul className="hint">
            {curves.map((curve, i) => {
              const at = breakingPoint(curve, threshold);
              return (
                <li key={curve.model}>
                  <b style={{ color: curveColour(i) }}>{curve.name}</b>{' '}
                  {at === null
                    ? 'does not fall below one half.'
                    : `falls below one half at ${at.toFixed(1)} ${SWEEP_UNITS[kind]}.`}
                </li>
              );
            })}
          </ul>
          <div className="row">
            <button
              type="button"
              className="button"
              onClick={() =>
                saveFile(new Blob([sweepCsv(kind, points)], { type: 'text/csv' }), `liftmatch-sweep-${kind}.csv`)
              }
            >
              Sweep as CSV
            </button>
            <button type="button" className="button" onClick={() => void savePicture()}>
              Plot as PNG
            </button>
          </div>
        </>
      )}
    </div>
  );
}
