import type { LiftProgress } from '../../contract/api.ts';
import type { ModelSource, Provider } from '../../../../core/match.ts';
import { viewsKey } from '../drawing/frame.ts';
import type { LiftMatchers } from './matchers.ts';
import { measure, type Measured } from './measure.ts';
import type { PinnedViews } from '../drawing/pinned-views.ts';

export interface ScoreContext {
  longSide: number | null;
  signal?: AbortSignal;
  onProgress: (progress: LiftProgress) => void;
}

/** Measures matchers on frames: loads the model that is asked for and tells how far it is. */
export class FrameScorer {
  constructor(private readonly matchers: LiftMatchers) {}

  /** Where models run. */
  get provider(): Provider {
    return this.matchers.provider;
  }

  /** Frees the features of a photo's views. */
  forget(photo: { key: string }): void {
    this.matchers.forget(viewsKey(photo));
  }

  async measure(
    model: ModelSource,
    views: PinnedViews,
    { longSide, signal, onProgress }: ScoreContext,
  ): Promise<Measured> {
    const onLoaded = (fraction: number) => onProgress({ stage: 'load-model', fraction, detail: model.id });
    const pair = await this.matchers.load(model, onLoaded, signal);
    try {
      const onStage = (stage: LiftProgress['stage']) => onProgress({ stage, fraction: null });
      return await measure(pair, views, { longSide, signal, onStage });
    } finally {
      // The new view is met once: its features would only push others out of the cache.
      this.matchers.forget(views.photos.b.key);
    }
  }
}
