import type { GpuCheck, ModelSource, Provider } from '../../core/match.ts';
import type { ScoreStage } from '../../core/match-score.ts';
import type { ViewMatchers } from './view-matchers.ts';
import { measure, type Measured, type TrueViews } from './measure.ts';

export interface ScoreContext {
  longSide: number | null;
  signal?: AbortSignal;
  onProgress: (progress: { stage: ScoreStage; fraction: number | null; detail?: string; check?: GpuCheck }) => void;
}

/** Measures matchers on pairs of views: loads the model that is asked for and tells how far it is. */
export class ViewScorer {
  constructor(private readonly matchers: ViewMatchers) {}

  /** Loads a model, and tells where it runs: views are made for there. */
  async prepare(model: ModelSource, { signal, onProgress }: Omit<ScoreContext, 'longSide'>): Promise<Provider> {
    await this.load(model, { signal, onProgress });
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
    const pair = await this.load(model, { signal, onProgress });
    try {
      const onStage = (stage: ScoreStage) => onProgress({ stage, fraction: null });
      return await measure(pair, views, { longSide, signal, onStage });
    } finally {
      // The new view is met once: its features would only push others out of the cache.
      this.matchers.forget(views.photos.b.key);
    }
  }

  private load(model: ModelSource, { signal, onProgress }: Omit<ScoreContext, 'longSide'>) {
    return this.matchers.load(model, {
      signal,
      onLoaded: (fraction) => onProgress({ stage: 'load-model', fraction, detail: model.id }),
      onCheck: (check) => onProgress({ stage: 'load-model', fraction: 1, detail: model.id, check }),
    });
  }
}
