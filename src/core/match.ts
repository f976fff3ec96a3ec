import { CodedError } from './errors.ts';
import type { Side } from './geometry.ts';
import type { Size } from './geometry.ts';
import type { FieldMask, PhotoMask } from './mask.ts';

/** Where the models run. Drawing is always WebGPU where the browser has it. */
export type Provider = 'webgpu' | 'wasm';

export type ProviderChoice = 'auto' | Provider;

/** Stages of a match, in order, then of the geometry and the scene of one; each is reported as it starts, a match's are timed. */
export const STAGES = [
  'decode-photo',
  'load-model',
  'check-model',
  'preprocess',
  'encode-a',
  'encode-b',
  'decode',
  'rescue',
  'subpixel',
  'draw',
  'fit',
  'triangulate',
  'make-scene',
  'refine-scene',
  'tell-depth',
] as const;

export type Stage = (typeof STAGES)[number];

/** The view of a pair that the search looks at. */
export interface Look {
  /** Of B, degrees. */
  rotation: number;
  /** The photo that is taken for a detail of the other one. */
  detail?: Side;
  isMirrored?: boolean;
  /** Seen from far aside. */
  isSlanted?: boolean;
  /** One photo is drawn as it looks from the other, by what was found. */
  isAligned?: boolean;
}

export interface Progress {
  stage: Stage;
  /** 0…1 within the stage where it is known (downloads), else null. */
  fraction: number | null;
  /** Bytes so far and in all, for downloads. */
  bytes?: { loaded: number; total: number | null };
  /** What the first match amounts to, told once, while better ones are looked for. */
  soFar?: Verdict;
  look?: Look;
  /** What is known of the GPU and the model; told once a model is loaded for the GPU, or is found to be wrong on it. */
  check?: GpuCheck;
}

/** Whether the GPU computes a model as its stored reference says, see matching/reference-check. */
export interface GpuCheck {
  /** The adapter, the model and its weights: for these the check need not be made again. */
  key: string;
  /** `unchecked`: the model has no reference; its results are finite and vary. */
  verdict: 'right' | 'wrong' | 'unchecked';
  /** What is wrong, in words, without the end of a sentence; else empty. */
  finding: string;
  /** Where this model runs after all, and why, as one sentence for the person. */
  provider: Provider;
  providerReason: string;
}

/** Code of the error of a match whose model the GPU computes wrongly. */
export const GPU_WRONG = 'gpu-wrong';

/** Whether a match failed so: a fresh engine, told of the check, runs the model on the CPU. */
export const isGpuWrong = (thrown: unknown): boolean => thrown instanceof CodedError && thrown.code === GPU_WRONG;

/** What is kept of checks between visits, by their key. */
export type KnownChecks = Record<string, Pick<GpuCheck, 'verdict' | 'finding'>>;

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
  /** One photo shows the scene as in a mirror. */
  isMirrored?: boolean;
  /** Parts may be matched to others that look the same; such a match is never `good`. */
  repeats?: boolean;
  /** No one geometry explains most of what is certain; such a match is `partial`. */
  isUnexplained?: boolean;
  /** Masks leave parts of the photos out: all shares are of what they leave. */
  isMasked?: boolean;
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
  /**
   * Rotation (degrees) and relative scale of B that rotation rescue chose; zero and one where it did not run.
   * `isMirrored`: one photo shows the scene as in a mirror. `repeats`: the match follows two motions that differ by a
   * step at which the scene looks the same. `isUnexplained`: neither a plane nor the epipolar lines of one scene explain it.
   */
  rescue: {
    tried: boolean;
    rotation: number;
    scale: number;
    isMirrored?: boolean;
    repeats?: boolean;
    isUnexplained?: boolean;
  };
  verdict: Verdict;
  /** It came with the sample's photos: no model has run here. */
  isRecorded?: boolean;
}

/** What a match has that nothing else was tried for. */
export const NO_RESCUE: MatchResult['rescue'] = { tried: false, rotation: 0, scale: 1 };

/** The answer of the linked probe, all in pixels of the photos (first pixel's centre is 0.5). */
export interface ProbeResult {
  from: { side: Side; x: number; y: number };
  to: { side: Side; x: number; y: number };
  certainty: number;
  /** Distance after going there and back, pixels of the photo probed. */
  cycleError: number;
  /** How sure `to` is, in square pixels of its photo; of networks that know it. */
  covariance?: { xx: number; xy: number; yy: number };
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
  /**
   * [3, h, w] xx, xy and yy of the inverse covariance of where each place lies in the other photo, in that photo's
   * pixels; absent where the network does not know it, or a turned or scaled view of a photo was matched.
   */
  precision?: Float32Array;
  /**
   * [matches, 5] what a semi-dense network itself would return: x and y in this photo, x and y in the other (pixels of the
   * photos) and confidence; absent where the network is dense, or a turned or scaled view of a photo was matched.
   */
  own?: Float32Array;
  /** The masks by which certainty is 0 outside, and what it was without them; absent where nothing is left out. */
  mask?: FieldMask;
  unmasked?: Float32Array;
}

/** One sampled correspondence list: rows of x_a, y_a, x_b, y_b (pixels of the photos) and certainty. */
export interface MatchTable {
  count: number;
  rows: Float32Array;
  /** How sure the places are, of networks that know it. */
  covariance?: MatchCovariance;
}

/** A match has one end where it was asked and one that was found: the covariance is of the found one, in its photo's pixels. */
export interface MatchCovariance {
  /** [count] 1 where the end in B was found, 0 where that in A was. */
  inB: Uint8Array;
  /** [count, 3] xx, xy, yy. */
  values: Float32Array;
}

/** A model the engine can run: where its manifest lies. Files are named relative to it. */
export interface ModelSource {
  id: string;
  manifestUrl: string;
}

/** A share file, read: everything that shows a match again without a model. */
export interface SharedMatch {
  photos: Record<Side, { name: string; file: Blob }>;
  /** View and settings as a link's query: whoever reads it checks it as any link. */
  query: string;
  result: MatchResult;
  fields: Record<Side, DenseField>;
  /** What was left out of either photo; absent where nothing was. */
  masks?: Record<Side, PhotoMask | null>;
}
