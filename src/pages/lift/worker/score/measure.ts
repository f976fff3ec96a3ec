import { summariseScore } from '../../passes/score/cpu.ts';
import type { LiftProgress, LiftScore } from '../../contract/api.ts';
import type { Stage } from '../../../../core/match.ts';
import type { MatchContext } from '../../../../matching/pair-matcher.ts';
import type { ViewMatcher } from './matchers.ts';
import type { PinnedViews } from '../drawing/pinned-views.ts';
import type { ScoreMaps } from './score-maps.ts';

export interface MeasureOptions {
  /** Longer side of the matcher's input; null: the model's own. */
  longSide: number | null;
  signal?: AbortSignal;
  onStage?: (stage: LiftProgress['stage']) => void;
}

/** How well a matcher did on a frame: in numbers from the photo to the view, and as maps on both. */
export interface Measured {
  score: LiftScore;
  /** The caller's to show or to release. */
  maps: ScoreMaps;
}

/** Matches two views as they are, without any rescue, and measures the match against their truth. */
export async function measure(
  pair: ViewMatcher,
  views: PinnedViews,
  { longSide, signal, onStage }: MeasureOptions,
): Promise<Measured> {
  const start = performance.now();
  const context: MatchContext = { signal, onStage: (stage) => onStage?.(stageOf(stage)) };
  const plan = { longSide: { a: longSide, b: longSide }, frame: null };
  const { field } = await pair.match(views.photos, plan, context);
  const { backend } = pair;
  try {
    onStage?.('score');
    const { counters, maps } = await views.measure({
      plain: (side) => backend.readField(field, side),
      onGpu: () => backend.onGpu(field)!,
    });
    const { id, name } = pair.matcher.manifest;
    const milliseconds = performance.now() - start;
    return { score: { modelId: id, modelName: name, ...summariseScore(counters), milliseconds }, maps };
  } finally {
    backend.dispose(field);
  }
}

function stageOf(stage: Stage): LiftProgress['stage'] {
  if (stage === 'load-model') return stage;
  return stage === 'decode' ? 'match' : 'encode';
}
