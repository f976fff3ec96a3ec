/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A row-major 3 × 3 matrix. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** RGBA pixels, 8 bits a channel, row by row from the top left: an ImageData is one. */
export interface Pixels extends Size {
  data: Uint8ClampedArray | Uint8Array;
}

/** An open picture, as ImageBitmap is. It stays the caller's. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/**
 * A photo: the file as a Blob or its bytes, pixels, in the browser an ImageBitmap, in Node a path. Files are upright by
 * their EXIF orientation; Node reads JPEG and PNG, browsers what they show.
 */
export type Photo = Blob | Uint8Array | Pixels | Bitmap | string;

export interface Progress {
  /** `load-model`, `encode-a`, `encode-b`, `decode`, `rescue` … */
  stage: string;
  /** 0…1 within the stage where it is known. */
  fraction: number | null;
}

export interface MatcherOptions {
  /**
   * An id of the models that come with the package (`embedded` by default), the address (in Node the path) of a
   * manifest.json that `npm run convert` made, or in the browser `installed:ID` of a model that the app keeps on this
   * origin.
   */
  model?: string;
  /** Where the model runs. `auto`: WebGPU where the browser has a real GPU, else WASM; in Node always the processor. */
  provider?: 'auto' | 'webgpu' | 'wasm';
  /** Ends the loading; the error's code is `cancelled`. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface MatchOptions {
  /** Longer side of the network's input in pixels; the model's own by default. */
  size?: number;
  /** Looks again where the first match is weak: other turns, scales, mirrored (docs/search.md). Default true. */
  rescue?: boolean;
  /** Ends the match; the error's code is `cancelled`. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** A matcher whose model is loaded. One match runs at a time, in the order of the calls. */
export interface Matcher {
  /** Name of the model. */
  readonly model: string;
  /** `webgpu`, `wasm` or `cpu`. */
  readonly provider: string;
  /** Why there, a sentence: a GPU that computes the model wrongly is found out when it is loaded, and WASM takes over. */
  readonly providerReason: string;
  /** Rejects with an error that has `code`, `message` and `remedy`. */
  match(a: Photo, b: Photo, options?: MatchOptions): Promise<Match>;
  /** Frees the model. What was matched stays. */
  close(): Promise<void>;
}

/** The dense match on one photo's grid. */
export interface DenseMatch {
  grid: Size;
  /**
   * [2, h, w] where each place lies in the other photo, x then y, normalised to [-1, 1] over its edges (align_corners =
   * false): pixel = size / 2 · (normalised + 1).
   */
  warp: Float32Array;
  /** [h, w] probability that the place is visible in the other photo and matched right. */
  certainty: Float32Array;
  /** [h, w] how far it comes back from where it was, pixels of the photo. */
  cycle: Float32Array;
}

export interface Verdict {
  kind: 'good' | 'partial' | 'none';
  sentence: string;
  /** Share of each photo that is seen in the other, 0…1. */
  overlap: { a: number; b: number };
  isMirrored?: boolean;
  repeats?: boolean;
}

export interface SampleOptions {
  /** Matches wanted; 5,000 by default. */
  count?: number;
  /** The same seed gives the same matches. Default 1. */
  seed?: number;
  /** Places less certain are left out; 0.05 by default. */
  threshold?: number;
  /** Places with a larger cycle error are left out, pixels; 0 (default): none. */
  cycleLimit?: number;
}

export interface MatchTable {
  count: number;
  /** [count, 5] x and y in A, x and y in B (pixels of the files, the first pixel's centre at (0.5, 0.5)), certainty. */
  rows: Float32Array;
}

export interface FitOptions extends SampleOptions {
  /** Largest residual of an inlier, pixels at a 640 px long side. Default 3 for a homography, 1 for the others. */
  maxError?: number;
}

export interface Fit {
  /** What it was fitted to. */
  matches: MatchTable;
  /** [count] 1 for matches that agree. */
  inliers: Uint8Array;
  inlierRatio: number;
}

export interface Homography extends Fit {
  /** Pixels of A to pixels of B, h33 = 1. */
  matrix: Matrix3;
}

export interface Fundamental extends Fit {
  /** x_bᵀ F x_a = 0 for pixels; Frobenius norm 1. */
  matrix: Matrix3;
}

/** A camera without distortion, pixels of the file; the principal point is the photo's centre unless it is given. */
export interface Camera {
  fx: number;
  fy?: number;
  cx?: number;
  cy?: number;
}

export interface PoseOptions extends FitOptions {
  /** Known cameras; without them the focal length of EXIF, else the longer side. */
  cameras?: { a?: Camera; b?: Camera };
}

export interface Pose extends Fit {
  /** x_b = rotation · x_a + translation. */
  rotation: Matrix3;
  /** Of length 1: two photos do not say how far apart they were taken. */
  translation: readonly [number, number, number];
  /** For rays (places after K⁻¹); Frobenius norm 1. */
  essential: Matrix3;
  /** The cameras that were used, and whether a focal length was given, read from EXIF or assumed. */
  cameras: { a: Required<Camera>; b: Required<Camera> };
  focalFrom: { a: 'given' | 'exif' | 'assumed'; b: 'given' | 'exif' | 'assumed' };
  /** Share of the inliers that one plane explains as well: near 1 the pose is one of several. */
  planarShare: number;
}

export interface Match {
  /** Sizes of the photos, upright. */
  sizes: { a: Size; b: Size };
  verdict: Verdict;
  /** On A's grid towards B, and back. */
  a: DenseMatch;
  b: DenseMatch;
  /** Those of `a`. */
  readonly warp: Float32Array;
  readonly certainty: Float32Array;
  /** Turn (degrees) and scale of B that the search found; 0 and 1 where it did not run. */
  rescue: { tried: boolean; rotation: number; scale: number };
  /** Matches by the sampling of RoMa: spread evenly over what both photos show. */
  matches(options?: SampleOptions): Promise<MatchTable>;
  /** By LO-RANSAC, as all fits; null where too few matches agree. */
  homography(options?: FitOptions): Promise<Homography | null>;
  fundamental(options?: FitOptions): Promise<Fundamental | null>;
  pose(options?: PoseOptions): Promise<Pose | null>;
}

/** Loads a model. Rejects with an error that has `code`, `message` and `remedy`. */
export function createMatcher(options?: MatcherOptions): Promise<Matcher>;
