import type { NumberParam } from '../../../../platform/params/params.ts';
import { whole } from '../../../../ui/format.ts';
import { ChevronIcon, ShuffleIcon } from '../../../../ui/icons.tsx';
import { ParamChoice, ParamSlider } from '../../../../ui/param-controls.tsx';
import { Select } from '../../../../ui/select.tsx';
import { DEFAULT_THRESHOLD } from '../../contract/fit-models.ts';
import { FIT_PARAMS } from '../../params.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** Settings that say of themselves that they want a slider here. */
const LISTED = Object.entries(FIT_PARAMS).filter(
  (entry): entry is [string, NumberParam] => entry[1].kind === 'number' && entry[1].isListed === true,
);

const CONFIDENCES = [0.99, 0.999, 0.9999, 0.999999];
const ITERATIONS = [1000, 10_000, 100_000];

/** Largest residual of an inlier. */
export function ThresholdSlider() {
  const { geometry } = useWorkspace();
  const { threshold, model } = useWorkspaceState((state) => state.geometry.settings);
  return (
    <ParamSlider
      param={FIT_PARAMS.threshold}
      value={threshold ?? DEFAULT_THRESHOLD[model]}
      format={(value) => value.toFixed(value < 1 ? 2 : 1)}
      onChange={(value) => geometry.update({ threshold: value })}
    />
  );
}

/** How the model is searched for: few people need to change it. */
export function SearchControls() {
  const { geometry } = useWorkspace();
  const settings = useWorkspaceState((state) => state.geometry.settings);
  const methodName = FIT_PARAMS.method.options.find(({ value }) => value === settings.method)?.label;
  return (
    <details className="search-controls">
      <summary>
        <span className="hint">Search: {methodName} scores, LO-RANSAC</span>
        <ChevronIcon />
      </summary>
      <div className="section-body">
        <ParamChoice
          param={FIT_PARAMS.method}
          value={settings.method}
          onChange={(method) => geometry.update({ method })}
        />
        <ParamSlider
          param={FIT_PARAMS.count}
          value={settings.count}
          format={whole}
          onChange={(count) => geometry.update({ count })}
        />
        {LISTED.map(([name, param]) => (
          <ParamSlider
            key={name}
            param={param}
            value={Number(settings[name as keyof typeof settings])}
            onChange={(value) => geometry.update({ [name]: value })}
          />
        ))}
        <Select
          label={FIT_PARAMS.confidence.label}
          value={String(settings.confidence)}
          options={offered(CONFIDENCES, settings.confidence, String)}
          onChange={(value) => geometry.update({ confidence: Number(value) })}
        />
        <Select
          label={FIT_PARAMS.iterations.label}
          value={String(settings.iterations)}
          options={offered(ITERATIONS, settings.iterations, whole)}
          onChange={(value) => geometry.update({ iterations: Number(value) })}
        />
        <button
          type="button"
          className="button"
          onClick={() => geometry.update({ seed: (settings.seed % FIT_PARAMS.seed.range[1]) + 1 })}
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
