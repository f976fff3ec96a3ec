import { percent } from '../../../ui/format.ts';
import { ParamChoice, ParamSlider, ParamSwitch } from '../../../ui/param-controls.tsx';
import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import { ScoreTable } from '../../../workspace/ui/scores/score-table.tsx';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { SCENE_PARAMS } from '../params.ts';
import { JobProgress } from './job-progress.tsx';
import { useScene, useSceneState } from './scene-context.ts';

/** A matcher against the exact labels of the pair. */
export function ScorePanel() {
  const scene = useScene();
  const models = useWorkspaceState((state) => state.models);
  const values = useSceneState((state) => state.values);
  const hasPair = useSceneState((state) => state.pair !== null);
  const score = useSceneState((state) => state.score);
  const scoring = useSceneState((state) => state.scoring);
  const { model, live, scored, maxError } = SCENE_PARAMS;
  return (
    <Section title="Score" summary={score && `PCK@3 ${percent(score.pck[1])}`}>
      <Select
        label="Matcher"
        value={values.model ?? ''}
        options={[
          { value: '', label: 'As on the Match page' },
          ...models.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(id) => scene.set({ model: id || model.default })}
      />
      <ParamSwitch param={live} value={values.live} onChange={(value) => scene.set({ live: value })} />
      <button
        type="button"
        className="button primary"
        disabled={!hasPair || scoring !== null || models.length === 0}
        onClick={() => void scene.scoring.run()}
      >
        Score this pair
      </button>
      {!hasPair && <p className="hint">Set A and B, or draw a pair: its labels are the truth.</p>}
      {scoring && <JobProgress label="Scoring" progress={scoring} onStop={() => scene.scoring.stop()} />}
      {score && (
        <>
          <ScoreTable score={score} isOld={false} />
          <ParamChoice param={scored} value={values.scored} onChange={(value) => scene.set({ scored: value })} />
          {values.scored === 'error' && (
            <ParamSlider
              param={maxError}
              value={values.maxError}
              onChange={(value) => scene.set({ maxError: value })}
            />
          )}
        </>
      )}
    </Section>
  );
}
