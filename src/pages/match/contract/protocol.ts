import type {
  GpuCheck,
  KnownChecks,
  ModelSource,
  MatchTable,
  DenseField,
  ProbeResult,
  MatchResult,
  PhotoInfo,
  Progress,
  ProviderChoice,
  Provider,
} from '../../../core/match.ts';
import type { BenchmarkApi } from './benchmark.ts';
import type { ExportRequest } from './exports.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type { SharedMatch } from '../../../core/match.ts';
import type { FlyApi } from './fly.ts';
import type { GeometryApi } from './geometry-fit.ts';
import type { KnownCamera } from '../../../core/camera-model.ts';
import type { PlainError } from '../../../core/errors.ts';
import type { Side, Size } from '../../../core/geometry.ts';
import type { PhotoMask } from '../../../core/mask.ts';
import type { PointsApi } from './points.ts';
import type { TestApi } from './test-hooks.ts';
import type { ViewSettings } from './view.ts';
import type { AnswerFromWorker, CallToWorker } from '../../../platform/worker/messages.ts';

/** What the engine found at start. */
export interface EngineInfo {
  /** Provider that `auto` resolves to here, and why, as one sentence for the person. */
  provider: Provider;
  providerReason: string;
  /** Adapter's name, or null where the browser has no WebGPU (matching still works, on the CPU). */
  adapter: string | null;
  isFallbackAdapter: boolean;
  /** The browser has WebGPU, and another start may find its GPU well. */
  canTryGpu?: boolean;
  threads: number;
  /** What was found of the GPU and the model that is loaded; `provider` and `providerReason` are then of this. */
  check?: GpuCheck;
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
export interface EngineApi extends GeometryApi, FlyApi, PointsApi, BenchmarkApi, TestApi {
  /** `test`: tests look on, and their calls are answered. */
  start(options: {
    canvas: OffscreenCanvas | null;
    provider: ProviderChoice;
    /** What checks of the GPU have said before: none is made twice, and no GPU is used that was wrong. */
    checks?: KnownChecks;
    /** Why the page goes on without the GPU, as a sentence; null: it uses it. */
    avoidGpu?: string | null;
    test?: boolean;
  }): EngineInfo;
  resize(options: { stage: Size; pixelRatio: number }): void;
  /** Opens a photo and keeps it as A or B. A failure leaves the previous photo in place. */
  setPhoto(options: { side: Side; file: Blob; name: string }): PhotoInfo;
  clearPhoto(options: { side: Side }): void;
  /**
   * Reads a picture as a mask of a photo that is open; nothing changes yet. Throws `photo-missing`, `mask-unreadable`,
   * `mask-too-large`, `mask-shape`, `mask-empty`.
   */
  openMask(options: { side: Side; file: Blob; name: string }): PhotoMask;
  /**
   * The cameras that a file tells, and which of them took the photos that are open (null: none fits). Throws `camera-malformed`,
   * `camera-unknown`, `camera-unsupported`, `camera-size`, `limit-exceeded`.
   */
  readCameras(options: { file: Blob; name: string }): {
    names: string[];
    chosen: Record<Side, { name: string; camera: KnownCamera } | null>;
  };
  /**
   * Measured cameras of both open photos among calibrations, by the photos' names or as the only one of their shape, as texts; what
   * cannot be read is told.
   */
  camerasByName(options: { files: File[] }): {
    cameras: Record<Side, string | null>;
    refused: { name: string; error: PlainError }[];
  };
  /** A mask as a PNG: white where it counts. */
  saveMask(options: { mask: PhotoMask }): Blob;
  /**
   * What counts of a photo, in the match that is shown and those to come; null: all of it. No model runs. A new photo comes
   * without a mask. Gives the match as it is then judged, null where there is none.
   */
  setMask(options: { side: Side; mask: PhotoMask | null }): MatchResult | null;
  /** Exchanges A and B with their features and results: no model runs. */
  swap(options: Record<string, never>): MatchResult | null;
  /** Throws {@link GPU_WRONG} where the GPU computes the model wrongly and only a fresh engine can run it elsewhere. */
  match(options: MatchOptions): MatchResult;
  /** The running match ends with the best found so far; without one that is looking for better ones, nothing happens. */
  stopSearch(options: Record<string, never>): void;
  /**
   * Takes a picture of a film as one of the photos and matches it with the other, whose features are known after the first. The match
   * that was shown stays until this one is there; no search. Throws `photo-missing`, and what `match` throws.
   */
  liveFrame(options: { side: Side; bitmap: ImageBitmap; model: ModelSource; longSide: number | null }): MatchResult;
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
  /**
   * Shows the match that comes with a sample on its photos, which are open; no model runs. null where other weights made it
   * than `weights`. Throws `recorded-malformed`.
   */
  showRecorded(options: { file: Blob; weights: string }): MatchResult | null;
  /** Downloads the runtime and this model's files, so that the first match finds them here; nothing runs. */
  prefetch(options: { model: ModelSource }): void;
  /** Addresses that the worker has downloaded from: runtime, manifests, models. */
  downloads(options: Record<string, never>): string[];
}

export type EngineMethod = keyof EngineApi;

export type ToWorker = CallToWorker<EngineApi>;
export type FromWorker = AnswerFromWorker<Progress>;
