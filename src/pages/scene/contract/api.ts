import type { Size } from '../../../core/geometry.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type { DatasetTarget } from '../../../core/dataset-target.ts';
import type { GpuCheck, KnownChecks, ModelSource, Provider, ProviderChoice } from '../../../core/match.ts';
import type { MatchScore, ScoreStage, SweepPoint } from '../../../core/match-score.ts';
import type { Vector3 } from '../../../core/rotation.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import type { DepthChoice } from '../../../gaussians/pairs/depth-rule.ts';
import type { LabelState } from '../../../gaussians/pairs/labels.ts';
import type { ViewSweep } from '../../../gaussians/pairs/swept-view.ts';
import type { BinKind } from '../../../gaussians/pairs/views.ts';
import type { DepthKind } from '../../../gaussians/raster/render.ts';
import type { HandedScene } from './handed-scene.ts';
import type { Lens, OrbitView } from './view.ts';

/** What is drawn of a view. */
export const SCENE_PICTURES = [
  'colour',
  'alpha',
  'depth',
  'normal',
  'dominant',
  'flatness',
  'facing',
  'contributors',
  'difference',
] as const;
export type ScenePicture = (typeof SCENE_PICTURES)[number];

/** What draws, and why. */
export interface SceneInfo {
  rendersOn: 'webgpu' | 'cpu';
  /** Where matchers run. */
  provider: Provider;
  adapter: string | null;
  /** Why the CPU draws, as a sentence; empty on a GPU. */
  reason: string;
  /** Gaussians that are taken. */
  maxGaussians: number;
}

/** Where a scene comes from. The worker fetches an address, which is http(s). */
export type SceneSource =
  | { kind: 'file'; file: Blob; name: string }
  | { kind: 'address'; url: string; name: string }
  | ({ kind: 'made' } & HandedScene);

/** What is known of the open scene. */
export interface SceneFacts {
  name: string;
  /** Of the format, in words; of a scene that another page made, what it was made from. */
  format: string;
  /** Of the file; null where there is none. */
  bytes: number | null;
  count: number;
  shDegree: number;
  antialiased: boolean;
  center: Vector3;
  radius: number;
  /** How far from the center one sees at first. */
  radiusToSee: number;
  /** The depth that is most faithful, and why. */
  depth: DepthChoice;
  /** What of the file is not used, a sentence each. */
  notes: string[];
}

export type SceneStage = 'fetch' | 'read' | 'prepare' | 'render' | 'draw' | 'write' | ScoreStage;

export interface SceneProgress {
  stage: SceneStage;
  /** Of `total`: bytes of a file; views that were looked at; steps of a sweep; pairs of a dataset; 0…1 of a model. */
  done: number;
  /** Null where it is not known. */
  total: number | null;
  /** Of a sweep: each point as soon as it is there. */
  point?: SweepPoint;
  /** What was found of the GPU and the model that is loaded. */
  check?: GpuCheck;
}

/** Everything a picture is made from, beside the scene and the canvas' size. */
export interface DrawRequest {
  view: OrbitView;
  lens: Lens;
  picture: ScenePicture;
  rule: DepthKind;
  /** The second rule of the picture `difference`. */
  against: DepthKind;
  theme: 'light' | 'dark';
}

/** A text that lies beside a scene, and its file's name. */
export interface TextBeside {
  name: string;
  text: string;
}

/** Views of a pair are {@link PAIR_SIZE}; without a GPU they are rendered at {@link PAIR_SIZE_CPU}. */
export const PAIR_SIZE: Size = { width: 640, height: 480 };
export const PAIR_SIZE_CPU: Size = { width: 256, height: 192 };

export interface PairCameras {
  a: SplatCamera;
  b: SplatCamera;
}

/** A pair that was drawn. */
export interface DrawnCameras extends PairCameras {
  /** Smaller of the shares of either view that the other sees, in small views. */
  overlap: number;
  isInBin: boolean;
}

/** Median and 95th percentile. */
export interface Figures {
  median: number;
  p95: number;
}

/** Two views with exact labels, and how good they are; pictures as PNG. */
export interface ScenePairResult {
  /** Tells it from other pairs: it is scored and sent by it while it is the last one. */
  id: number;
  pictures: { a: Blob; b: Blob };
  /** A's labels in colours: the states of each pixel. */
  labels: Blob;
  size: Size;
  rule: DepthKind;
  /** Degrees between the axes. */
  angle: number;
  /** Of A's pixels in each state. */
  shares: Record<LabelState, number>;
  /** Pixels from A to B and back through B's depth, before the limit on it. */
  cycle: Figures;
  relative: Figures;
  epipolar: Figures;
  /** Pixels from where the true surfaces say; null where those of the scene are not known. Infinite off any surface. */
  endPoint: (Figures & { places: number }) | null;
  /** What the epipolar error cannot say. */
  caveat: string;
  milliseconds: number;
}

/** Pictures of a score. */
export type ScorePicture = 'error' | 'certainty';

export interface ScorePaint {
  picture: ScorePicture;
  /** Error in pixels (at the measured long side) that is drawn in the hottest colour. */
  maxError: number;
}

/** A sweep of the second view about the first; values as sweptView takes them. */
export interface SceneSweep {
  kind: ViewSweep;
  from: number;
  to: number;
  steps: number;
}

/** What a dataset is made with, beside the scene, its cameras and what of it is shown. */
export interface SceneDataset {
  /** Pairs. */
  views: number;
  seed: number;
  size: Size;
  bins: BinKind;
  rule: DepthKind;
}

export interface SceneDatasetResult {
  pairs: number;
  /** Pairs that were there already. */
  kept: number;
  /** Pairs for which no view passed the checks. */
  skipped: number;
  /** Pairs that lie outside the bin that was wanted. */
  outsideBin: number;
  bytes: number;
  /** The ZIP where no handle was given. */
  blob: Blob | null;
}

/** Calls that the page makes to the scene's worker. */
export interface SceneApi {
  start(options: {
    canvas: OffscreenCanvas | null;
    provider: ProviderChoice;
    checks: KnownChecks;
    /** Why the page goes on without the GPU, as a sentence; null: it uses it. */
    avoidGpu?: string | null;
  }): SceneInfo;
  /** Pixels of the canvas. */
  resize(options: { size: Size }): void;
  /** Opens a scene. A failure or an end leaves the previous one in place. */
  open(options: SceneSource): SceneFacts;
  /** Draws; of several requests that wait only the newest is. */
  draw(options: DrawRequest): void;
  /** Hides floaters, 0 none … 1 many. */
  hide(options: { strength: number }): { shown: number };
  /**
   * What lies beside the scene, told by its text: cameras, which are first views of drawn pairs, and true surfaces, which
   * labels are held against. Answers with their numbers, null for what is not among the files.
   */
  beside(options: { files: TextBeside[] }): { cameras: number | null; surfaces: number | null; notes: string[] };
  drawPair(options: { seed: number; bins: BinKind; bin: number; rule: DepthKind; lens: Lens }): DrawnCameras;
  pair(options: PairCameras & { rule: DepthKind }): ScenePairResult;
  /** Matches the two views of a pair as they are and measures the match against its labels. */
  score(options: { pair: number; model: ModelSource; longSide: number | null }): MatchScore;
  /** What was scored last, as a PNG on view A; places without truth in grey. */
  paintScore(options: ScorePaint): Blob;
  /** Every matcher on a second view that is moved away step by step. */
  sweep(
    options: SceneSweep & { view: SplatCamera; rule: DepthKind; models: ModelSource[]; longSide: number | null },
  ): SweepPoint[];
  /** A pair's truth as npz, for Compare. */
  truth(options: { pair: number }): Blob;
  /** Pairs by seed and bin, written as docs/dataset.md says. */
  dataset(options: SceneDataset & { target: DatasetTarget }): SceneDatasetResult;
  /** The scene as it is shown, without what is hidden. */
  save(options: { format: 'ply' | 'spz' }): ExportedFile;
}
