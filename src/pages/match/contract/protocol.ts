import type { ExportedFile, ExportRequest, SharedMatch } from './exports.ts';
import type { GeometryApi } from './geometry-fit.ts';
import type { Side, Size } from '../../../core/geometry.ts';
import type { PointsApi } from './points.ts';
import type { ViewSettings } from './view.ts';
import type { AnswerFromWorker, CallToWorker } from '../../../platform/worker/messages.ts';

/** Where the models run. Drawing is always WebGPU where the browser has it. */
export type Provider = 'webgpu' | 'wasm';
export type ProviderChoice = 'auto' | Provider;

/** What the engine found at start. */
export interface EngineInfo {
  /** Provider that `auto` resolves to here, and why, as one sentence for the person. */
  provider: Provider;
  providerReason: string;
  /** Adapter's name, or null where the browser has no WebGPU (matching still works, on the CPU). */
  adapter: string | null;
  isFallbackAdapter: boolean;
  threads: number;
}

/** Stages of a match, in order, then of the geometry of one; each is reported as it starts, a match's are timed. */
export const STAGES = [
  'decode-photo',
  'load-model',
  'preprocess',
  'encode-a',
  'encode-b',
  'decode',
  'rescue',
  'draw',
  'fit',
  'triangulate',
] as const;
export type Stage = (typeof STAGES)[number];

export interface Progress {
  stage: Stage;
  /** 0…1 within the stage where it is known (downloads), else null. */
  fraction: number | null;
  /** Bytes so far and in all, for downloads. */
  bytes?: { loaded: number; total: number | null };
}

/** What was learnt of a photo when it was opened. */
export interface PhotoInfo {
  name: string;
  /** Upright size after EXIF orientation, pixels of the file. */
  size: Size;
  /** Size it was reduced to on opening (equal to `size` unless it was very large). */
  workingSize: Size;
  /** Focal length in pixels of the file, where EXIF tells it. */
  focal?: number;
  /** Remarks for the person: first frame of an animation, reduced, transparency on white. */
  notes: string[];
}

export type VerdictKind = 'good' | 'partial' | 'none';

/** Told from the mean certainty before sampling and the cycle consistency, see engine/verdict.ts. */
export interface Verdict {
  kind: VerdictKind;
  /** One plain sentence. */
  sentence: string;
  /** Share of each photo that is seen in the other, 0…1. */
  overlap: Record<Side, number>;
  meanCertainty: Record<Side, number>;
  /** Median cycle error in pixels of each photo over certain places; null where there are none. */
  medianCycle: Record<Side, number | null>;
}

export interface MatchResult {
  modelId: string;
  modelName: string;
  provider: Provider;
  /** Size of the encoder's input for each photo, pixels. */
  inputSize: Record<Side, Size>;
  /** Size of the warp grid on each photo. */
  gridSize: Record<Side, Size>;
  /** Wall milliseconds of each stage that ran (a stage served from a cache is absent). */
  timings: Partial<Record<Stage, number>>;
  /** True where the features of that photo came from the cache. */
  cached: Record<Side, boolean>;
  /** Rotation (degrees) and relative scale of B that rotation rescue chose; zero and one where it did not run. */
  rescue: { tried: boolean; rotation: number; scale: number };
  verdict: Verdict;
}

/** The answer of the linked probe, all in pixels of the photos (first pixel's centre is 0.5). */
export interface ProbeResult {
  from: { side: Side; x: number; y: number };
  to: { side: Side; x: number; y: number };
  certainty: number;
  /** Distance after going there and back, pixels of the photo probed. */
  cycleError: number;
}

/** Dense result of one direction, for exports and statistics: read back on demand only. */
export interface DenseField {
  /** Grid on photo `side`. */
  grid: Size;
  /** [2, h, w] x then y in the other photo, normalised, align_corners = false. */
  warp: Float32Array;
  /** [h, w] probability. */
  certainty: Float32Array;
  /** [h, w] pixels of the photo. */
  cycle: Float32Array;
}

/** One sampled correspondence list: rows of x_a, y_a, x_b, y_b (pixels of the photos) and certainty. */
export interface MatchTable {
  count: number;
  rows: Float32Array;
}

/** A model the engine can run: where its manifest lies. Files are named relative to it. */
export interface ModelSource {
  id: string;
  manifestUrl: string;
}

export interface MatchOptions {
  model: ModelSource;
  /** Longer side of the encoder's input in pixels; null = the manifest's default. */
  longSide: number | null;
  /** Try orientations and scales when the first verdict is weak. */
  rescue: boolean;
}

/**
 * Calls that the page makes to the engine's worker. Each takes one structured-cloneable argument and gives one answer;
 * the worker's handler map is checked against this interface, so a forgotten handler does not compile.
 */
export interface EngineApi extends GeometryApi, PointsApi {
  start(options: { canvas: OffscreenCanvas | null; provider: ProviderChoice }): EngineInfo;
  resize(options: { stage: Size; pixelRatio: number }): void;
  /** Opens a photo and keeps it as A or B. A failure leaves the previous photo in place. */
  setPhoto(options: { side: Side; file: Blob; name: string }): PhotoInfo;
  clearPhoto(options: { side: Side }): void;
  /** Exchanges A and B with their features and results: no model runs. */
  swap(options: Record<string, never>): MatchResult | null;
  match(options: MatchOptions): MatchResult;
  /** Redraws with these settings; the colours behind the photos come with them. */
  view(options: { settings: ViewSettings; theme: 'light' | 'dark' }): void;
  /** null where there is no result yet or the place is outside the photo. x, y in pixels of the photo. */
  probe(options: { side: Side; x: number; y: number }): ProbeResult | null;
  readField(options: { side: Side }): DenseField | null;
  readMatches(options: Record<string, never>): MatchTable | null;
  /** The stage as it is drawn now, as a PNG with `scale` pixels per CSS pixel; without it, those of the screen. */
  snapshot(options: { scale?: number }): Blob;
  /** The present match as a file. Throws `export-nothing` where there is none. */
  exportMatch(options: ExportRequest): ExportedFile;
  /** Reads a share file; nothing is shown yet. */
  readShare(options: { file: Blob }): SharedMatch;
  /** Shows a match that was made elsewhere on the photos that are open; no model runs. */
  showField(options: { fields: Record<Side, DenseField>; result: MatchResult }): MatchResult;
  /** For tests and the curious: counters since start; destroying the device on purpose proves the recovery. */
  diagnostics(options: { reset?: boolean }): Diagnostics;
  destroyDevice(options: Record<string, never>): void;
  /** Addresses that the worker has downloaded from: runtime, manifests, models. */
  downloads(options: Record<string, never>): string[];
}

export interface Diagnostics {
  mapAsyncCalls: number;
  /** Of the last match, between its start and its first picture: 0 where the models run on WebGPU. */
  mapAsyncBeforeDraw: number;
  modelRuns: number;
  framesDrawn: number;
  gpuBytes: number;
}

export type EngineMethod = keyof EngineApi;

/** Tells what no call asked for. */
export type EngineEvent = { type: 'device-lost'; reason: string };

export type ToWorker = CallToWorker<EngineApi>;
export type FromWorker = AnswerFromWorker<Progress> | EngineEvent;
