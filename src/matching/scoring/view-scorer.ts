import type { ModelSource, Provider } from '../../core/match.ts';
import type { ScoreStage } from '../../core/match-score.ts';
import type { ViewMatchers } from './view-matchers.ts';
import { measure, type Measured, type TrueViews } from './measure.ts';

export interface ScoreContext {
  longSide: number | null;
  signal?: AbortSignal;
  onProgress: (progress: { stage: ScoreStage; fraction: number | null; detail?: string }) => void;
}

/** Measures matchers on pairs of views: loads the model that is asked for and tells how far it is. */
export class ViewScorer {
  constructor(private readonly matchers: ViewMatchers) {}

  /** Where models run. */
  get provider(): Provider {
    return this.matchers.provider;
  }

  /** Frees the features of views whose key begins so. */
  forget(key: string): void {
    this.matchers.forget(key);
  }

  async measure(
    model: ModelSource,
    views: TrueViews,
    { longSide, signal, onProgress }: ScoreContext,
  ): Promise<Measured> {
    const onLoaded = (fraction: number) => onProgress({ stage: 'load-model', fraction, detail: model.id });
    const pair = await this.matchers.load(model, onLoaded, signal);
    try {
      const onStage = (stage: ScoreStage) => onProgress({ stage, fraction: null });
      return await measure(pair, views, { longSide, signal, onStage });
    } finally {
      // The new view is met once: its features would only push others out of the cache.
      this.matchers.forget(views.photos.b.key);
    }
  }
}
