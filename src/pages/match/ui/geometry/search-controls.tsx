import {
  DEFAULT_THRESHOLD,
  FIT_COUNT_RANGE,
  FIT_METHODS,
  type FitMethod,
  MEASURED_SIDE,
  THRESHOLD_RANGE,
} from '../../contract/geometry-fit.ts';
import { whole } from '../../../../ui/format.ts';
import { ChevronIcon, ShuffleIcon } from '../../../../ui/icons.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Select } from '../../../../ui/select.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { LogSlider } from '../../views/controls/log-slider.tsx';

const METHODS: Record<FitMethod, string> = { magsac: 'MAGSAC++', msac: 'MSAC', ransac: 'RANSAC' };
const CONFIDENCES = [0.99, 0.999, 0.9999, 0.999999];
const ITERATIONS = [1000, 10_000, 100_000];
const MAX_SEED = 0xffffffff;

/** Largest residual of an inlier. */
export function ThresholdSlider() {
  const { geometry } = useWorkspace();
  const { threshold, model } = useWorkspaceState((state) => state.geometry.settings);
  return (
    <LogSlider
      label={`Inlier threshold, px at ${MEASURED_SIDE} px`}
      value={threshold ?? DEFAULT_THRESHOLD[model]}
      min={THRESHOLD_RANGE.min}
      max={THRESHOLD_RANGE.max}
      format={(value) => value.toFixed(value < 1 ? 2 : 1)}
      onChange={(value) => geometry.update({ threshold: value })}
    />
  );
}

/** How the model is searched for: few people need to change it. */
export function SearchControls() {
  const { geometry } = useWorkspace();
  const settings = useWorkspaceState((state) => state.geometry.settings);
  return (
    <details className="search-controls">
      <summary>
        <span className="hint">Search: {METHODS[settings.method]} scores, LO-RANSAC</span>
        <ChevronIcon />
      </summary>
      <div className="section-body">
        <Segmented
          label="Scored by"
          value={settings.method}
          options={FIT_METHODS.map((value) => ({ value, label: METHODS[value] }))}
          onChange={(method) => geometry.update({ method })}
        />
        <Slider
          label="Matches"
          value={settings.count}
          min={FIT_COUNT_RANGE.min}
          max={FIT_COUNT_RANGE.max}
          step={500}
          format={whole}
          onChange={(count) => geometry.update({ count })}
        />
        <Select
          label="Confidence"
          value={String(settings.confidence)}
          options={offered(CONFIDENCES, settings.confidence, String)}
          onChange={(value) => geometry.update({ confidence: Number(value) })}
        />
        <Select
          label="Iterations at most"
          value={String(settings.iterations)}
          options={offered(ITERATIONS, settings.iterations, whole)}
          onChange={(value) => geometry.update({ iterations: Number(value) })}
        />
        <button
          type="button"
          className="button"
          onClick={() => geometry.update({ seed: (settings.seed % MAX_SEED) + 1 })}
        >
          <ShuffleIcon />
          Fit to other samples
        </button>
      </div>
    </details>
  );
}

/** The usual choices, and the one of the link where it is none of them. */
function offered(values: readonly number[], present: number, format: (value: number) => string) {
  const all = values.includes(present) ? values : [...values, present].sort((a, b) => a - b);
  return all.map((value) => ({ value: String(value), label: format(value) }));
}
