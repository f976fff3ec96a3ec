import type { SweepPoint } from '../../../../core/match-score.ts';
import type { LiftProgress } from '../../contract/api.ts';
import type { ModelSource } from '../../../../core/match.ts';
import type { ModelEntry } from '../../../../workspace/types.ts';
import type { LiftContext } from '../context.ts';
import type { SweepSettings } from '../types.ts';
import { SWEEP_RANGES, SWEEP_STEPS } from '../../params.ts';

/** What it needs of the studio. */
interface SweepingContext extends LiftContext {
  readonly scoring: { model(): ModelEntry | undefined; longSide(): number | null; stop(): void };
}

/** Breaking-point curves: one thing is turned up step by step, and every matcher is scored at every step. */
export class Sweeping {
  private running: AbortController | null = null;

  constructor(private readonly lift: SweepingContext) {}

  /** Changes what is swept; another kind comes with its own range. */
  update(patch: Partial<SweepSettings>): void {
    this.lift.store.setState(({ sweepSettings }) => {
      const range = patch.kind && patch.kind !== sweepSettings.kind ? SWEEP_RANGES[patch.kind] : null;
      const steps = patch.steps ?? sweepSettings.steps;
      return {
        sweepSettings: {
          ...sweepSettings,
          ...(range && { from: range.from, to: range.to }),
          ...patch,
          steps: Math.round(Math.min(SWEEP_STEPS.max, Math.max(SWEEP_STEPS.min, steps))),
        },
      };
    });
  }

  /** The matchers that are swept: the chosen ones that are there, else the one that scores. */
  models(): ModelSource[] {
    const { models } = this.lift.workspace.store.getState();
    const chosen = models.filter(({ id }) => this.lift.store.getState().sweepSettings.models.includes(id));
    const standard = this.lift.scoring.model();
    return (chosen.length > 0 ? chosen : standard ? [standard] : []).map(({ id, manifestUrl }) => ({
      id,
      manifestUrl,
    }));
  }

  async run(): Promise<void> {
    this.stop();
    const { store, link, scoring } = this.lift;
    const { sweepSettings, seed } = store.getState();
    const { kind, from, to, steps } = sweepSettings;
    const models = this.models();
    if (models.length === 0) return;
    scoring.stop();
    const controller = new AbortController();
    this.running = controller;
    const isCurrent = () => this.running === controller;
    const points: SweepPoint[] = [];
    const total = steps * models.length;
    const run = { kind, from, to, total };
    store.setState({ sweep: { ...run, points, progress: { stage: 'render', fraction: 0 } } });
    const onProgress = (progress: LiftProgress) => {
      if (!isCurrent()) return;
      if (progress.point) points.push(progress.point);
      store.setState({ sweep: { ...run, points: [...points], progress } });
    };
    try {
      const options = { kind, from, to, steps, models, longSide: scoring.longSide(), seed };
      const whole = await link.call('sweep', options, { signal: controller.signal, onProgress });
      if (isCurrent()) store.setState({ sweep: { ...run, points: whole, progress: null } });
    } catch (thrown) {
      this.lift.report(thrown);
    } finally {
      if (isCurrent()) this.stop();
    }
  }

  /** Ends the sweep; the points that are there stay. */
  stop(): void {
    this.running?.abort();
    this.running = null;
    const { sweep } = this.lift.store.getState();
    if (sweep?.progress) this.lift.store.setState({ sweep: { ...sweep, progress: null } });
  }
}
