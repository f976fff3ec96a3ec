import type {
  ClusterMaps,
  CompareInfo,
  CompareProgress,
  ComponentMaps,
  EncoderInfo,
  FeatureUsage,
  NeighbourMatches,
  ScoredPair,
  ScoreProtocol,
  SimilarityMaps,
  TruthSummary,
  UnitPlace,
} from '../contract.ts';
import type { PlainError } from '../../../core/errors.ts';
import type { CompareSettings } from '../settings.ts';
import type { PhotoSlot } from '../../../workspace/types.ts';

/** What the worker said of one encoder. */
export type ColumnResult =
  | ({ page: 'components' } & ComponentMaps)
  | ({ page: 'clusters' } & ClusterMaps)
  | ({ page: 'similarity' } & SimilarityMaps)
  | ({ page: 'neighbours' } & NeighbourMatches);

export interface Column {
  /** Of the present page, or of the one before while the next is computed. */
  result: ColumnResult | null;
  /** Null when nothing runs. */
  progress: CompareProgress | null;
  error: PlainError | null;
}

/** A pair of the person's own whose true correspondence is known: from files that were dropped, or lifted. */
export interface OwnPair {
  id: number;
  title: string;
  pair: ScoredPair;
  truth: TruthSummary;
}

/** One encoder on one pair. */
export interface ScoreRow {
  protocol: ScoreProtocol;
  pair: string;
  encoder: string;
  /** Of what the encoder is given, in pixels; the protocol's own where it prescribes one. */
  longSide: number;
  places: number;
  recall: number[];
  viewpoint: number | null;
}

export interface CompareState {
  info: CompareInfo | null;
  /** Every encoder there is; null until listed. */
  available: EncoderInfo[] | null;
  settings: CompareSettings;
  /** The photos beyond the match's two. */
  extra: Record<ExtraSlot, PhotoSlot>;
  /** By encoder id. */
  columns: Record<string, Column>;
  usage: FeatureUsage | null;
  /** The place that similarity is told of. */
  point: UnitPlace;
  /** Where the matcher says that the point lies; null where it does not know. */
  matched: (UnitPlace & { certainty: number }) | null;
  ownPairs: OwnPair[];
  scores: ScoreRow[];
  /** Null when no scores are being computed. */
  scoring: { done: number; total: number } | null;
}

export const EXTRA_SLOTS = ['c', 'd'] as const;
export type ExtraSlot = (typeof EXTRA_SLOTS)[number];

/** The middle of the first photo. */
export const DEFAULT_POINT: UnitPlace = { slot: 'a', x: 0.5, y: 0.5 };

export const EMPTY_COLUMN: Column = { result: null, progress: null, error: null };
