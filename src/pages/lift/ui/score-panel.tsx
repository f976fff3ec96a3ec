import { percent } from '../../../ui/format.ts';
import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { ScoreTable } from '../../../workspace/ui/scores/score-table.tsx';
import { useLift, useLiftState } from './lift-context.ts';
import { STAGE_TEXTS } from './texts.ts';

/** The matcher against the truth of the two views. */
export function ScorePanel() {
  const lift = useLift();
  const models = useWorkspaceState((state) => state.models);
  const settings = useLiftState((state) => state.scoreSettings);
  const score = useLiftState((state) => state.score);
  const isOld = useLiftState((state) => state.isScoreOld);
  const scoring = useLiftState((state) => state.scoring);
  const canScore = useLiftState((state) => state.facts !== null && state.opening === null);
  const maxError = useLiftState((state) => state.display.maxError);
  return (
    <Section title="Score" open summary={score && `PCK@3 ${percent(score.pck[1])}`}>
      <Select
        label="Matcher"
        value={settings.modelId ?? ''}
        options={[
          { value: '', label: 'As on the Match page' },
          ...models.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(id) => lift.scoring.update({ modelId: id || null })}
      />
      <Switch
        label="Score when the view rests"
        checked={settings.isLive}
        onChange={(isLive) => lift.scoring.update({ isLive })}
      />
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={!canScore || scoring !== null || models.length === 0}
          onClick={() => void lift.scoring.run()}
        >
          Score this view
        </button>
        {scoring && (
          <button type="button" className="button" onClick={() => lift.scoring.stop()}>
            Cancel
          </button>
        )}
      </div>
      {scoring && (
        <div className="job-progress" role="status">
          <span>{STAGE_TEXTS[scoring.stage]} …</span>
          <progress aria-label="Scoring" max={1} {...(scoring.fraction === null ? {} : { value: scoring.fraction })} />
        </div>
      )}
      {score && <ScoreTable score={score} isOld={isOld} />}
      <Slider
        label="Hottest colour of the error"
        value={maxError}
        min={1}
        max={100}
        step={1}
        format={(value) => `${value} px`}
        onChange={(value) => lift.setDisplay({ maxError: value })}
      />
    </Section>
  );
}
