import type { MatchScore, SweepPoint } from '../../../core/match-score.ts';
import { defaultsOf } from '../../../platform/params/params.ts';
import { LIFT_PARAMS } from '../params.ts';
import type { PlainError } from '../../../core/errors.ts';
import type { DatasetOptions, DatasetSummary } from '../contract/dataset.ts';
import type { Side } from '../../../core/geometry.ts';
import type { FrameFacts, LiftDisplay, LiftInfo, LiftProgress, OpenedNetwork, SweepKind } from '../contract/api.ts';
import type { DepthInfo } from '../contract/depth.ts';
import type { LiftSettings } from '../contract/settings.ts';
import { DEFAULT_LIFT } from '../contract/settings.ts';
import type { NetworkPurpose } from '../../../models/library-contract.ts';

/** The photo that is lifted. It stays when the Match page gets the rendered pair. */
export interface LiftedPhoto {
  file: Blob;
  name: string;
  /** Address of the photo where it has one: samples bring their own depth. */
  address: string | null;
  /** Object URL of `file`, for the small picture; revoked when another photo comes. */
  url: string;
}

/** Where the person wants the disparity from. */
export type DepthChoice =
  /** The sample's own depth, else an installed network, else the estimate. */
  | { kind: 'auto' }
  | { kind: 'estimate' }
  | { kind: 'file'; file: Blob; name: string; meaning: 'disparity' | 'depth' }
  | { kind: 'network'; id: string };

/** How a view was drawn at random: by L2M's ranges, or within one of the viewpoint bins. */
export type ViewDraw = 'l2m' | number;

export interface LiftProbe {
  side: Side;
  /** Pixels of the rendered size. */
  x: number;
  y: number;
  /** Place in the other view; null until told, or where the truth knows none. */
  other: { x: number; y: number; visible: boolean } | null;
}

export interface ScoreSettings {
  /** Of the matchers that are there; null is the Match page's, at its size. */
  modelId: string | null;
  /** Score again by itself when the view comes to rest. */
  isLive: boolean;
}

export interface SweepSettings {
  kind: SweepKind;
  from: number;
  to: number;
  steps: number;
  /** Ids of the matchers; empty is the one that scores. */
  models: string[];
}

export interface SweepRun {
  kind: SweepKind;
  from: number;
  to: number;
  points: SweepPoint[];
  /** Null when it has ended. */
  progress: LiftProgress | null;
  /** Points when it is whole. */
  total: number;
}

/** What is exported as a dataset, but for the photos. */
export type DatasetSettings = Omit<DatasetOptions, 'settings' | 'seed'>;

export interface DatasetRun {
  progress: LiftProgress | null;
  /** Null while it runs. */
  summary: DatasetSummary | null;
  error: PlainError | null;
}

export interface LiftState {
  /** Counts the workers; the canvases are mounted anew for each, because they hand over their control only once. */
  epoch: number;
  info: LiftInfo | null;
  /** Why the worker is not there, when it died too often to be started again by itself. */
  stopped: PlainError | null;
  photo: LiftedPhoto | null;
  depthChoice: DepthChoice;
  depth: DepthInfo | null;
  /** Opening the photo or its depth; null when that is done. */
  opening: LiftProgress | null;
  settings: LiftSettings;
  seed: number;
  /** How the present view was drawn; null where it was set by hand. */
  draw: ViewDraw | null;
  display: LiftDisplay;
  facts: FrameFacts | null;
  probe: LiftProbe | null;
  /** The networks that were dropped in this visit. Those that are kept from earlier ones are the library's. */
  networks: Record<NetworkPurpose, OpenedNetwork | null>;
  /** What a network is being opened and kept for; null when none is. */
  openingNetwork: NetworkPurpose | null;
  scoreSettings: ScoreSettings;
  score: MatchScore | null;
  /** The view has changed since it was scored. */
  isScoreOld: boolean;
  /** Null when nothing is being scored. */
  scoring: LiftProgress | null;
  sweepSettings: SweepSettings;
  sweep: SweepRun | null;
  datasetSettings: DatasetSettings;
  dataset: DatasetRun | null;
}

const defaults = defaultsOf(LIFT_PARAMS);
const { showA, showB, maxError, seed, model, live, sweep } = defaults;

export const DEFAULT_DISPLAY: LiftDisplay = { pictures: { a: showA, b: showB }, maxError };
export const DEFAULT_SEED = seed;
export const DEFAULT_SCORE: ScoreSettings = { modelId: model, isLive: live };
export const DEFAULT_DATASET: DatasetSettings = {
  views: defaults.datasetViews,
  size: defaults.datasetSize,
  relight: defaults.datasetRelight,
  photometric: defaults.datasetPhotometric,
};

export const DEFAULT_SWEEP: SweepSettings = { ...sweep, models: [] };

export const initialLift = (): LiftState => ({
  epoch: 0,
  info: null,
  stopped: null,
  photo: null,
  depthChoice: { kind: 'auto' },
  depth: null,
  opening: null,
  settings: DEFAULT_LIFT,
  seed: DEFAULT_SEED,
  draw: null,
  display: DEFAULT_DISPLAY,
  facts: null,
  probe: null,
  networks: { sky: null, inpainting: null },
  openingNetwork: null,
  scoreSettings: DEFAULT_SCORE,
  score: null,
  isScoreOld: false,
  scoring: null,
  sweepSettings: DEFAULT_SWEEP,
  sweep: null,
  datasetSettings: DEFAULT_DATASET,
  dataset: null,
});
