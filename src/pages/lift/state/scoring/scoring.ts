import type { LiftProgress } from '../../contract/api.ts';
import { chosenModel } from '../../../../workspace/models.ts';
import type { ModelEntry } from '../../../../workspace/types.ts';
import type { LiftContext } from '../context.ts';
import type { ScoreSettings } from '../types.ts';

/** How long the view has to stay as it is before it is scored by itself, milliseconds. */
const REST = 350;

/** The matcher against the truth of the present views. A change of the views stops what runs: it would be of no use. */
export class Scoring {
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly lift: LiftContext) {}

  /** The matcher that scores: the chosen one while it is there, else the Match page's. */
  model(): ModelEntry | undefined {
    const state = this.lift.workspace.store.getState();
    const { modelId } = this.lift.store.getState().scoreSettings;
    return state.models.find(({ id }) => id === modelId) ?? chosenModel(state);
  }

  /** Longer side of its input; the Match page's choice is of the Match page's model. Null is the model's own. */
  longSide(): number | null {
    const { settings } = this.lift.workspace.store.getState();
    return this.lift.store.getState().scoreSettings.modelId === null ? settings.longSide : null;
  }

  update(patch: Partial<ScoreSettings>): void {
    const { store } = this.lift;
    store.setState(({ scoreSettings }) => ({ scoreSettings: { ...scoreSettings, ...patch }, isScoreOld: true }));
    this.stop();
    this.viewRests();
  }

  async run(): Promise<void> {
    this.stop();
    const { store, link } = this.lift;
    const model = this.model();
    if (!model || !store.getState().facts) return;
    const controller = new AbortController();
    this.running = controller;
    store.setState({ scoring: { stage: 'match', fraction: null } });
    const onProgress = (scoring: LiftProgress) => {
      if (this.running === controller) store.setState({ scoring });
    };
    try {
      const { id, manifestUrl } = model;
      const options = { signal: controller.signal, onProgress };
      const score = await link.call('score', { model: { id, manifestUrl }, longSide: this.longSide() }, options);
      if (this.running === controller) store.setState({ score, isScoreOld: false });
    } catch (thrown) {
      this.lift.report(thrown);
    } finally {
      if (this.running === controller) {
        this.running = null;
        store.setState({ scoring: null });
      }
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
    if (this.lift.store.getState().scoring) this.lift.store.setState({ scoring: null });
  }

  viewChanged(): void {
    this.stop();
  }

  /** Nothing is being rendered: scores by itself where that is wanted and the score is not of this view. */
  viewRests(): void {
    const { scoreSettings, score, isScoreOld, facts } = this.lift.store.getState();
    if (!scoreSettings.isLive || !facts || (score && !isScoreOld) || this.running) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), REST);
  }
}
