import type { PlainError } from '../../../core/errors.ts';
import type { DepthKind } from '../../../gaussians/raster/render.ts';
import type { MatchScore, SweepPoint } from '../../../core/match-score.ts';
import type {
  PairCameras,
  SceneDatasetResult,
  SceneFacts,
  SceneInfo,
  ScenePairResult,
  SceneProgress,
  SceneSweep,
} from '../contract/api.ts';
import type { OrbitView } from '../contract/view.ts';
import type { SceneAddress } from './address.ts';

/** A pair's facts with addresses of its pictures, which are revoked with it. */
export interface ShownPair extends ScenePairResult {
  urls: { a: string; b: string; labels: string };
  /** Of a drawn pair; null where hands chose the views. */
  drawn: { overlap: number; isInBin: boolean } | null;
}

export interface Job {
  name: string;
  progress: SceneProgress | null;
}

/** A sweep that runs or has ended. */
export interface SweepRun extends SceneSweep {
  points: SweepPoint[];
  /** Points when it is whole. */
  total: number;
  /** Null when it has ended. */
  progress: SceneProgress | null;
}

export interface DatasetRun {
  progress: SceneProgress | null;
  /** Null while it runs. */
  result: SceneDatasetResult | null;
  error: PlainError | null;
}

export interface SceneState extends SceneAddress {
  info: SceneInfo | null;
  facts: SceneFacts | null;
  /** What is being opened; the scene shown stays until that has succeeded. */
  opening: Job | null;
  /** Where hands began: what a view of null stands for; null without a scene. */
  fitted: OrbitView | null;
  /** Gaussians in sight. */
  shown: number;
  /** Strengths to go back to, the last one last. */
  undo: readonly number[];
  /** How many cameras came beside the scene. */
  cameras: number;
  /** How many true surfaces came beside it; 0 where they are not known. */
  surfaces: number;
  chosen: { [Side in keyof PairCameras]: PairCameras[Side] | null };
  pair: ShownPair | null;
  pairing: Job | null;
  /** Of the pair that is shown. */
  score: MatchScore | null;
  /** Its picture, revoked with it. */
  scoreUrl: string | null;
  /** Null when nothing is being scored. */
  scoring: SceneProgress | null;
  /** Ids of the matchers that are swept; empty is the one that scores. */
  sweepModels: readonly string[];
  sweep: SweepRun | null;
  dataset: DatasetRun | null;
  /** Counts the worker's lives: a canvas serves one of them. */
  epoch: number;
  /** Why the worker is not started again. */
  stopped: PlainError | null;
}

/** The view that is shown. */
export const viewOf = ({ values, fitted }: Pick<SceneState, 'values' | 'fitted'>): OrbitView | null =>
  values.view ?? fitted;

/** The rule of depth in use. */
export const ruleOf = ({ values, facts }: Pick<SceneState, 'values' | 'facts'>): DepthKind =>
  values.rule === 'auto' ? (facts?.depth.rule ?? 'plane') : values.rule;

export const initialScene = (): Omit<SceneState, keyof SceneAddress> => ({
  info: null,
  facts: null,
  opening: null,
  fitted: null,
  shown: 0,
  undo: [],
  cameras: 0,
  surfaces: 0,
  chosen: { a: null, b: null },
  pair: null,
  pairing: null,
  score: null,
  scoreUrl: null,
  scoring: null,
  sweepModels: [],
  sweep: null,
  dataset: null,
  epoch: 0,
  stopped: null,
});
