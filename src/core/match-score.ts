/** Pixels at which the share of right places is told. */
export const PCK_THRESHOLDS = [1, 3, 5, 10] as const;

/** What a place is to the truth. A map of what is visible (0 or 1) can be read as such too. */
export const PLACE = {
  /** Nothing is known: no surface, no depth, or none that can be trusted. Never counted. */
  none: 0,
  visible: 1,
  /** Outside the other picture, behind its camera, or covered by something else. */
  hidden: 2,
} as const;

/** A matcher against the truth, over places that both views show. Pixels at a 640 px long side. */
export interface MatchScore {
  modelId: string;
  modelName: string;
  places: number;
  epe: number;
  medianError: number;
  /** Shares within {@link PCK_THRESHOLDS}. */
  pck: number[];
  /** AUROC of the certainty telling visible places from hidden ones; null where only one kind is there. */
  auroc: number | null;
  /** Mean error and number of places in ten equal bins of certainty; error is null in empty bins. */
  curve: { certainty: number; error: number | null; places: number }[];
  milliseconds: number;
}

/** What a matcher is doing while it is scored. */
export type ScoreStage = 'load-model' | 'encode' | 'match' | 'score';

/** One matcher at one step of a breaking-point sweep. */
export interface SweepPoint {
  model: string;
  step: number;
  /** What is turned up, in the sweep's own unit. */
  value: number;
  score: MatchScore;
}
