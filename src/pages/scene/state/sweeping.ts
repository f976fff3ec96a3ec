import type { ModelSource } from '../../../core/match.ts';
import type { SweepPoint } from '../../../core/match-score.ts';
import type { ModelEntry } from '../../../workspace/types.ts';
import { PAIR_SIZE, type SceneProgress, type SceneSweep } from '../contract/api.ts';
import { viewCamera } from '../contract/view.ts';
import { SWEEP_RANGES, SWEEP_STEPS } from '../params.ts';
import type { SceneContext } from './context.ts';
import { OneJob } from './one-job.ts';
import { ruleOf, viewOf } from './types.ts';

/** What it needs of the page. */
interface SweepingContext extends SceneContext {
  readonly scoring: { model(): ModelEntry | undefined; longSide(): number | null };
}

/** Breaking-point curves: a second view is moved away step by step, and every matcher is scored at every step. */
export class Sweeping {
  private readonly job: OneJob;

  constructor(private readonly scene: SweepingContext) {
    this.job = new OneJob(
      (progress) => this.show(progress),
      (thrown) => scene.report(thrown),
    );
  }

  /** Changes what is swept; another kind comes with its own range. */
  update(patch: Partial<SceneSweep>): void {
    const { sweep } = this.scene.store.getState().values;
    const range = patch.kind && patch.kind !== sweep.kind ? SWEEP_RANGES[patch.kind] : null;
    const steps = Math.round(Math.min(SWEEP_STEPS.max, Math.max(SWEEP_STEPS.min, patch.steps ?? sweep.steps)));
    this.scene.set({ sweep: { ...sweep, ...(range && { from: range.from, to: range.to }), ...patch, steps } });
  }

  /** The matchers that are swept: the chosen ones that are there, else the one that scores. */
  models(): ModelSource[] {
    const { sweepModels } = this.scene.store.getState();
    const chosen = this.scene.workspace.store.getState().models.filter(({ id }) => sweepModels.includes(id));
    const standard = this.scene.scoring.model();
    const models = chosen.length > 0 ? chosen : standard ? [standard] : [];
    return models.map(({ id, manifestUrl }) => ({ id, manifestUrl }));
  }

  /** From view A of the pair where there is one, else from the present view. */
  async run(): Promise<void> {
    const { store, link, scoring } = this.scene;
    const state = store.getState();
    const { sweep } = state.values;
    const present = viewOf(state);
    const view = state.chosen.a ?? (present && viewCamera(present, state.values, PAIR_SIZE));
    const models = this.models();
    if (!state.facts || !view || models.length === 0) return;
    const total = sweep.steps * models.length;
    this.stop();
    store.setState({ sweep: { ...sweep, points: [], total, progress: null } });
    await this.job.run({ stage: 'render', done: 0, total }, async ({ isCurrent, ...options }) => {
      const asked = { ...sweep, view, rule: ruleOf(state), models, longSide: scoring.longSide() };
      const points = await link.call('sweep', asked, options);
      if (isCurrent()) store.setState((now) => ({ sweep: now.sweep && { ...now.sweep, points } }));
    });
  }

  /** Ends the sweep; the points that are there stay. */
  stop(): void {
    this.job.stop();
  }

  /** Another scene. */
  clear(): void {
    this.stop();
    this.scene.store.setState({ sweep: null });
  }

  private show(progress: SceneProgress | null): void {
    this.scene.store.setState(({ sweep }) => {
      const more: SweepPoint[] = progress?.point ? [progress.point] : [];
      return { sweep: sweep && { ...sweep, points: [...sweep.points, ...more], progress } };
    });
  }
}
