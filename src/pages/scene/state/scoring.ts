import { chosenModel } from '../../../workspace/models.ts';
import type { ModelEntry } from '../../../workspace/types.ts';
import type { ScorePaint } from '../contract/api.ts';
import type { SceneContext } from './context.ts';
import { OneJob } from './one-job.ts';

/** A matcher against the labels of the pair that is shown. */
export class Scoring {
  private readonly job: OneJob;
  private isPainting = false;

  constructor(private readonly scene: SceneContext) {
    this.job = new OneJob(
      (scoring) => scene.store.setState({ scoring }),
      (thrown) => scene.report(thrown),
    );
  }

  /** The matcher that scores: the chosen one while it is there, else the Match page's. */
  model(): ModelEntry | undefined {
    const state = this.scene.workspace.store.getState();
    const { model } = this.scene.store.getState().values;
    return state.models.find(({ id }) => id === model) ?? chosenModel(state);
  }

  /** Longer side of its input; the Match page's choice is of the Match page's model. Null is the model's own. */
  longSide(): number | null {
    const { settings } = this.scene.workspace.store.getState();
    return this.scene.store.getState().values.model === null ? settings.longSide : null;
  }

  async run(): Promise<void> {
    const { store, link } = this.scene;
    const { pair } = store.getState();
    const model = this.model();
    if (!pair || !model) return;
    await this.job.run({ stage: 'match', done: 0, total: null }, async ({ isCurrent, ...options }) => {
      const { id, manifestUrl } = model;
      const asked = { pair: pair.id, model: { id, manifestUrl }, longSide: this.longSide() };
      const score = await link.call('score', asked, options);
      if (!isCurrent() || store.getState().pair !== pair) return;
      store.setState({ score });
      await this.paint();
    });
  }

  stop(): void {
    this.job.stop();
  }

  /** Another pair, or none: what was scored is of the last one. */
  clear(): void {
    this.stop();
    this.show(null);
    this.scene.store.setState({ score: null });
  }

  /** Draws the score as it is wanted now: one call at a time, always the newest wish next. */
  async paint(): Promise<void> {
    if (this.isPainting) return;
    this.isPainting = true;
    const { store, link } = this.scene;
    const wanted = (): ScorePaint => {
      const { scored: picture, maxError } = store.getState().values;
      return { picture, maxError };
    };
    const isSame = (a: ScorePaint, b: ScorePaint) => a.picture === b.picture && a.maxError === b.maxError;
    try {
      let asked: ScorePaint;
      do {
        const { score } = store.getState();
        if (!score) return;
        asked = wanted();
        const picture = await link.call('paintScore', asked);
        if (store.getState().score === score) this.show(picture);
      } while (!isSame(asked, wanted()));
    } catch (thrown) {
      this.scene.report(thrown);
    } finally {
      this.isPainting = false;
    }
  }

  private show(picture: Blob | null): void {
    const { store } = this.scene;
    const before = store.getState().scoreUrl;
    store.setState({ scoreUrl: picture && URL.createObjectURL(picture) });
    if (before) URL.revokeObjectURL(before);
  }
}
