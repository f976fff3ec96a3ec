import type { PlainError } from '../../../core/errors.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type { Side, Size } from '../../../core/geometry.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import type { GaussianTable } from '../../../gaussians/table.ts';
import type { NetworkPurpose } from '../../../models/library-contract.ts';
import type { GpuCheck, KnownChecks, ModelSource, PhotoInfo, Provider, ProviderChoice } from '../../../core/match.ts';
import type { MatchScore, ScoreStage, SweepPoint } from '../../../core/match-score.ts';
import type { DatasetApi } from './dataset.ts';
import type { DepthInfo, DepthSource } from './depth.ts';
import type { LiftSettings } from './settings.ts';

/** An ONNX network that was dropped for one purpose. */
export interface DroppedNetwork {
  purpose: NetworkPurpose;
  file: Blob;
  name: string;
}

/** A network that was dropped and runs. */
export interface OpenedNetwork {
  name: string;
  bytes: number;
  /** Why it could not be kept on this device and is gone with the page; null where it is kept. */
  notKept: PlainError | null;
}

/** What is drawn on a pane. */
export const LIFT_PICTURES = [
  'colour',
  'depth',
  'normals',
  'validity',
  'warp',
  'visible',
  'sky',
  'error',
  'certainty',
] as const;
export type LiftPicture = (typeof LIFT_PICTURES)[number];

export interface LiftDisplay {
  pictures: Record<Side, LiftPicture>;
  /** Error in pixels (at the measured long side) that is drawn in the hottest colour. */
  maxError: number;
}

export interface LiftInfo {
  provider: Provider;
  /** What renders: the WGSL passes, or their references on the CPU. */
  rendersOn: 'webgpu' | 'cpu';
  adapter: string | null;
  isFallbackAdapter: boolean;
}

/** What is known of the views that were rendered last. */
export interface FrameFacts {
  /** Rendered size of each view. */
  size: Size;
  milliseconds: number;
  /** Share of the view's pixels that the mesh covers; the rest are holes, filled or not. */
  covered: number;
  /** Share of the photo's pixels that the new view shows (truth and scores count only these). */
  visible: number;
  /** Degrees between the two directions of view, as the viewpoint bins count it. */
  viewpoint: number;
  /** Camera matrices K in pixels, and [R|t] from camera a to camera b with t in scene units. */
  cameras: { a: number[]; b: number[]; pose: number[] };
}

/** What a breaking-point sweep turns up, from `from` to `to`. */
export const SWEEP_KINDS = ['yaw', 'pitch', 'roll', 'zoom', 'translation', 'light', 'noise'] as const;
export type SweepKind = (typeof SWEEP_KINDS)[number];

export interface SweepOptions {
  kind: SweepKind;
  from: number;
  to: number;
  steps: number;
  models: ModelSource[];
  longSide: number | null;
  seed: number;
}

export type LiftStage = ScoreStage | 'depth' | 'render' | 'write';

export interface LiftProgress {
  stage: LiftStage;
  /** 0…1 over the whole call where it is known. */
  fraction: number | null;
  /** Of a sweep: each point as soon as it is there. */
  point?: SweepPoint;
  /** What is being worked on, for the person. */
  detail?: string;
  /** What was found of the GPU and the model that is loaded. */
  check?: GpuCheck;
}

/** The pair with its truth as Compare takes it: photos as PNG, truth as npz (`warp`, `visible`, `pose_ab`). */
export interface LiftedPair {
  a: Blob;
  b: Blob;
  truth: Blob;
  name: string;
}

/** The lifted photo as a scene of Gaussians, for the Scene page. */
export interface LiftedSplats {
  table: GaussianTable;
  /** The photo's own. */
  camera: SplatCamera;
  notes: string[];
}

/** Calls that the page makes to the lift worker. */
export interface LiftApi extends DatasetApi {
  /** Each pane has a canvas of its own. */
  start(options: {
    canvases: Record<Side, OffscreenCanvas> | null;
    provider: ProviderChoice;
    checks: KnownChecks;
    /** Why the page goes on without the GPU, as a sentence; null: it uses it. */
    avoidGpu?: string | null;
  }): LiftInfo;
  /** Pixels of the canvases; pictures are fitted into them. */
  resize(options: { side: Side; size: Size }): void;
  /** Opens a photo with the depth that is named. A failure leaves the previous photo in place. */
  setPhoto(options: { file: Blob; name: string; depth: DepthSource }): { photo: PhotoInfo; depth: DepthInfo };
  setDepth(options: { source: DepthSource }): DepthInfo;
  /** Opens a network in place of the last one for that purpose, and keeps it on this device where that is possible. */
  addNetwork(options: DroppedNetwork): OpenedNetwork;
  /** Lets go of the open network; one that is still kept is opened again when it is needed. */
  closeNetwork(options: { purpose: NetworkPurpose }): void;
  /** Renders with these settings and draws; no model of a matcher runs, and an old score is no longer drawn. */
  render(options: { settings: LiftSettings; seed: number }): FrameFacts;
  /** Draws the present frame otherwise. */
  show(options: { display: LiftDisplay; theme: 'light' | 'dark' }): void;
  /** Matches the two views as they are and measures the match against the truth. */
  score(options: { model: ModelSource; longSide: number | null }): MatchScore;
  /** Leaves the shown frame as it was. */
  sweep(options: SweepOptions): SweepPoint[];
  /** The present pair, for Compare and for Match. */
  pair(options: Record<string, never>): LiftedPair;
  /** The photo, as view A shows it, on its surface. */
  splats(options: Record<string, never>): LiftedSplats;
  /** A place of the photo or the view and where the truth has it in the other one; pixels of the rendered size. */
  probe(options: { side: Side; x: number; y: number }): { x: number; y: number; visible: boolean } | null;
  /** The present sample as L2M's dataset has it, or one pane as a PNG. */
  exportFrame(options: { format: 'sample' | 'picture'; side: Side }): ExportedFile;
}
