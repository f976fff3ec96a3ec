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
  SlotPair,
  TruthSummary,
  UnitPlace,
} from '../contract.ts';
import type { PlainError } from '../../../core/errors.ts';
import type { Camera } from '../../../core/zoom.ts';
import { DEFAULT_CAMERA } from '../../../core/zoom.ts';
import type { PhotoSlot } from '../../../workspace/types.ts';

/** What is shown of the encoders. */
export const COMPARE_PAGES = ['components', 'similarity', 'clusters', 'neighbours', 'scores'] as const;
export type ComparePage = (typeof COMPARE_PAGES)[number];

/** What the person wants to compare, and how. */
export interface CompareSettings {
  page: ComparePage;
  /** Ids of the encoders, one a column; null until the list is known. */
  encoders: string[] | null;
  longSide: number;
  fit: 'joint' | 'per-photo';
  /** Turn colours towards those of the first column. */
  align: boolean;
  mask: 'none' | 'high' | 'low';
  clusters: number;
  seed: number;
  /** null shows the cosine itself. */
  temperature: number | null;
  bestPlaces: number;
  exclusion: number;
  maxRatio: number;
  lines: number;
  /** How encoders are scored. */
  protocol: ScoreProtocol;
  /** The photos whose neighbours are shown. */
  between: SlotPair;
  /** Opacity of the maps over the photos. */
  opacity: number;
  upsampling: 'bilinear' | 'nearest';
  showsGrid: boolean;
  /** Zoom and pan, shared by all photos of all columns. */
  camera: Camera;
}

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

export const MAX_COLUMNS = 4;

/** The middle of the first photo. */
export const DEFAULT_POINT: UnitPlace = { slot: 'a', x: 0.5, y: 0.5 };

export const EMPTY_COLUMN: Column = { result: null, progress: null, error: null };

export const DEFAULT_COMPARE: CompareSettings = {
  page: 'components',
  encoders: null,
  longSide: 448,
  fit: 'joint',
  align: true,
  mask: 'none',
  clusters: 8,
  seed: 1,
  temperature: null,
  bestPlaces: 1,
  exclusion: 2,
  maxRatio: 1,
  lines: 100,
  protocol: 'covisible',
  between: ['a', 'b'],
  opacity: 1,
  upsampling: 'nearest',
  showsGrid: false,
  camera: DEFAULT_CAMERA,
};
