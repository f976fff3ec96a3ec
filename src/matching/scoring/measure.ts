import type { MatchField } from '../../compute/field/gpu.ts';
import type { PlainField } from '../../compute/field/cpu.ts';
import { type ScoreCounters, summariseScore } from '../../compute/score/cpu.ts';
import type { Side } from '../../core/geometry.ts';
import type { MatchScore, ScoreStage } from '../../core/match-score.ts';
import type { Stage } from '../../core/match.ts';
import type { MatchContext } from '../pair-matcher.ts';
import type { ScoreMaps } from './score-maps.ts';
import type { ViewMatcher, ViewPhoto } from './view-matchers.ts';

/** A match as either kind of measuring takes it. */
export interface MatchedField {
  plain(side: Side): Promise<PlainField>;
  /** On the device that renders. */
  onGpu(): MatchField;
}

/** Two views whose true correspondences are known. */
export interface TrueViews {
  readonly photos: Record<Side, ViewPhoto>;
  /** Measures a match of these views: counters from a to b, maps on both. The maps are the caller's. */
  measure(field: MatchedField): Promise<{ counters: ScoreCounters; maps: ScoreMaps }>;
}

export interface MeasureOptions {
  /** Longer side of the matcher's input; null: the model's own. */
  longSide: number | null;
  signal?: AbortSignal;
  onStage?: (stage: ScoreStage) => void;
}

/** How well a matcher did on two views: in numbers from a to b, and as maps on both. */
export interface Measured {
  score: MatchScore;
  /** The caller's to show or to release. */
  maps: ScoreMaps;
}

/** Matches two views as they are, without any rescue, and measures the match against their truth. */
export async function measure(
  pair: ViewMatcher,
  views: TrueViews,
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

function stageOf(stage: Stage): ScoreStage {
  if (stage === 'load-model') return stage;
  return stage === 'decode' ? 'match' : 'encode';
}
