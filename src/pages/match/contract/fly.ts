import type { ExportedFile } from '../../../core/exported-file.ts';
import type { Side } from '../../../core/geometry.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import type { GaussianTable } from '../../../gaussians/table.ts';
import type { Abstention } from '../../../gaussians/two-view/abstain.ts';
import type { FitRequest, FocalSource } from './geometry-fit.ts';

/** What was made of two photos. */
export interface FlyInfo {
  /** Why no scene was made; null where one was. */
  abstention: Abstention | null;
  /** Gaussians of the scene that is saved; 0 without one. */
  count: number;
  /** `cpu`: without a graphics card, of fewer Gaussians. */
  drawnBy: 'webgpu' | 'cpu';
  /** Where the focal lengths are from, and the horizontal fields of view, degrees. */
  focal: Record<Side, { source: FocalSource; fov: number }> | null;
  /** Degrees between the rays of a place, and by which the camera turned. */
  parallax: number;
  turn: number;
  /** Milliseconds: cameras, scene. */
  timings: { fit: number; build: number };
}

/** The scene for another page. */
export interface FlownScene {
  table: GaussianTable;
  cameras: SplatCamera[];
}

/** The engine's calls on the scene that both photos make; none of them runs a model. */
export interface FlyApi {
  /**
   * Fits two cameras to the present match, whatever model *Geometry* has, and makes the scene, which the stage shows in its view
   * from then on. Throws `geometry-no-match`, `geometry-no-model`, `cancelled`.
   */
  makeFly(request: FitRequest): FlyInfo;
  /** Throws `fly-none` where there is no scene of the present match. `name`: the stem of the file's name. */
  saveFly(options: { format: 'ply' | 'spz'; name: string }): ExportedFile;
  handFly(options: Record<string, never>): FlownScene;
}
