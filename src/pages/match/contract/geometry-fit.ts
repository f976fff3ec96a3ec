import type { ExportedFile } from '../../../core/exported-file.ts';
import type { KnownCamera } from '../../../core/camera-model.ts';
import type { Rect, Side, Size } from '../../../core/geometry.ts';
import type { Matrix3 } from '../../../core/matrix3.ts';
import type { Orbit } from '../../../core/viewer/orbit.ts';
import type { MatchTable, VerdictKind } from '../../../core/match.ts';
import type { FitSettings } from '../params.ts';
import type { FitMethod, FitModel } from './fit-models.ts';

export interface FitRequest {
  settings: FitSettings;
  /** The view's filters: places less certain, or with a larger cycle error (pixels; 0: any), are left out. */
  certainty: number;
  cycleLimit: number;
}

/** Where a focal length is from: a camera that was measured, set by the person, told by the file, or assumed because nobody knows. */
export type FocalSource = 'known' | 'set' | 'exif' | 'assumed';

export interface Intrinsics {
  /** Pixels of the photo's file; of a known camera the mean of both. */
  focal: number;
  /** Horizontal, degrees. */
  fov: number;
  source: FocalSource;
  /**
   * The lens with everything known of it, in pixels of the file; without a measured camera the principal point is the photo's
   * centre and pixels are square.
   */
  camera: KnownCamera;
}

/** The cameras that an essential matrix speaks of: x_b = rotation · x_a + translation. */
export interface CameraPair {
  intrinsics: Record<Side, Intrinsics>;
  rotation: Matrix3;
  /** Of length 1: two photos do not say how far apart they were taken. */
  translation: readonly [number, number, number];
  /** Angle of the rotation, degrees. */
  turn: number;
  /** Share of the inliers in front of both cameras; those too far to be told from infinity count. */
  inFront: number;
  /** Median angle between an inlier's two rays, degrees: near 0 the camera only turned and depths are noise. */
  parallax: number;
  /** Share of the inliers that one plane (or a mere turn) explains as well: alone it fits any fields of view. */
  planarShare: number;
  /**
   * What else explains the inliers as well: a `turn` with other fields of view, the plane's other `pose`, or a `shift`
   * that a narrow lens cannot tell from the turn.
   */
  rival: 'turn' | 'pose' | 'shift' | null;
  /**
   * 1 / depth before each camera (in baselines) between which most inliers lie: what a picture of depth spans. Null
   * where no place lies in front.
   */
  inverseDepths: Record<Side, readonly [far: number, near: number]> | null;
}

export interface FitResult {
  model: FitModel;
  method: FitMethod;
  /** Pixels at a 640 px long side. */
  threshold: number;
  /**
   * `homography`: pixels of A to pixels of B, h33 = 1. `fundamental`: x_bᵀ F x_a = 0 for pixels. `essential`: the same
   * for rays (places after K⁻¹). The last two at Frobenius norm 1. Pixels are those of the files.
   */
  matrix: Matrix3;
  /** The fundamental matrix in pixels, also of an essential one; null for a homography. */
  fundamental: Matrix3 | null;
  /** The matches that the fit was given, pixels of the files, and for each whether it is an inlier. */
  matches: MatchTable;
  inliers: Uint8Array;
  inlierRatio: number;
  /** Share of each photo's area (as 16 × 16 cells) that holds inliers. */
  coverage: Record<Side, number>;
  /** Median cycle error of the inliers, pixels of A's file; null without inliers. */
  medianCycle: number | null;
  /** `fundamental` only: share of the inliers that one plane (or a mere turn of the camera) explains as well. */
  planarShare: number | null;
  /**
   * Lenses that places were straightened by before the fit (known cameras, k1); null: none. `matrix` and `fundamental` are then
   * between pixels that the same K shows without distortion (cv2.undistortPoints with P = K).
   */
  lenses: Record<Side, KnownCamera> | null;
  /** `essential` only. */
  cameras: CameraPair | null;
  /** `homography` only: the rectangle of A's pixels that shows both photos whole (limited where B reaches far). */
  canvas: Rect | null;
  /** One sentence on whether to believe it. */
  verdict: { kind: VerdictKind; sentence: string };
  /** Minimal samples drawn. */
  iterations: number;
  /** Milliseconds. */
  timings: { sample: number; fit: number };
}

export interface CloudRequest {
  /** `sparse`: the fit's inliers. `dense`: every `step`-th place of the warp that is certain and fits the cameras. */
  density: 'sparse' | 'dense';
  /** Grid cells between two places of a dense cloud, each way. */
  step: number;
  /** Least certainty, and largest cycle error (0: any), of a dense cloud's places. */
  certainty: number;
  cycleLimit: number;
}

/** A point cloud as the engine keeps it for drawing and saving. */
export interface CloudInfo {
  count: number;
  /** Places that were left out: behind a camera, too little parallax, not where the cameras allow. */
  left: { behind: number; parallax: number; epipolar: number };
  /** Middle and size of the cloud without its far tail; camera A's frame, baselines. */
  centre: readonly [number, number, number];
  radius: number;
  /** Milliseconds. */
  duration: number;
}

export interface CloudView {
  size: Size;
  pixelRatio: number;
  orbit: Orbit;
  /** Diameter of a point, CSS pixels. */
  pointSize: number;
  theme: 'light' | 'dark';
}

/** The engine's calls on geometry: all of them read the match that is shown, none runs a model. */
export interface GeometryApi {
  /**
   * Fits a model to matches sampled from the present warp; the stage colours and aligns by it from then on.
   * Throws `geometry-no-match`, `geometry-no-model` (too few matches agree) and `cancelled`.
   */
  fitModel(request: FitRequest): FitResult;
  /** Triangulates by the cameras of the last fit. Throws `geometry-no-cameras`, `geometry-no-points`, `cancelled`. */
  reconstruct(request: CloudRequest): CloudInfo;
  /** The last fit as JSON or the last cloud as PLY. `name`: the stem of the file's name. */
  exportGeometry(options: { format: 'json' | 'ply'; name: string }): ExportedFile;
  /** Draws the last cloud on this canvas from now on, as {@link viewCloud} says. */
  showCloud(options: { canvas: OffscreenCanvas }): { drawnBy: 'webgpu' | 'canvas' };
  viewCloud(options: CloudView): void;
  hideCloud(options: Record<string, never>): void;
}
