import { resizeMap } from '../../gpu/reference/lift/guided-filter.ts';
import { measureField, type ScoreTruth, summariseScore } from '../../gpu/reference/lift/score.ts';
import type { Side } from '../../shared/geometry.ts';
import type { LiftProgress, LiftScore } from '../../shared/lift/api.ts';
import type { Stage } from '../../shared/protocol.ts';
import type { MatchContext } from '../pair-matcher.ts';
import type { PlainFrame } from './frame.ts';
import type { ViewMatcher } from './matchers.ts';
import type { PinnedViews } from './pinned-views.ts';
import type { ScoreMaps } from './renderer.ts';

export interface MeasureOptions {
  /** Longer side of the matcher's input; null: the model's own. */
  longSide: number | null;
  signal?: AbortSignal;
  onStage?: (stage: LiftProgress['stage']) => void;
}

/** How well a matcher did on a frame: in numbers from the photo to the view, and as maps on both. */
export interface Measured {
  score: LiftScore;
  maps: Record<Side, ScoreMaps>;
}

/** Matches two views as they are, without any rescue, and measures the match against their truth. */
export async function measure(
  pair: ViewMatcher,
  { frame, photos }: PinnedViews,
  { longSide, signal, onStage }: MeasureOptions,
): Promise<Measured> {
  const start = performance.now();
  const context: MatchContext = { signal, onStage: (stage) => onStage?.(stageOf(stage)) };
  const plan = { longSide: { a: longSide, b: longSide }, frame: null };
  const { field } = await pair.match(photos, plan, context);
  const { backend } = pair;
  try {
    const fields = { a: await backend.readField(field, 'a'), b: await backend.readField(field, 'b') };
    onStage?.('score');
    const measured = {
      a: measureField(fields.a, truthOf(frame, 'a')),
      b: measureField(fields.b, truthOf(frame, 'b')),
    };
    const map = (side: Side): ScoreMaps => ({
      error: measured[side].error,
      certainty: resizeMap(fields[side].certainty, fields[side].grid, frame.size),
    });
    const { id, name } = pair.matcher.manifest;
    const score: LiftScore = {
      modelId: id,
      modelName: name,
      ...summariseScore(measured.a.counters),
      milliseconds: performance.now() - start,
    };
    return { score, maps: { a: map('a'), b: map('b') } };
  } finally {
    backend.dispose(field);
  }
}

function truthOf({ size, warp, visible, places }: PlainFrame, side: Side): ScoreTruth {
  // Of the view, 1 is PLACE.visible; the rest are holes, about which there is no truth.
  return { size, warp: warp[side], places: side === 'a' ? places : visible.b, other: size };
}

function stageOf(stage: Stage): LiftProgress['stage'] {
  if (stage === 'load-model') return stage;
  return stage === 'decode' ? 'match' : 'encode';
}
