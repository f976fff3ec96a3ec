import type { ExportedFile } from '../../../core/exported-file.ts';
import type { Side } from '../../../core/geometry.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import type { GaussianTable } from '../../../gaussians/table.ts';
import type { Abstention } from '../../../gaussians/two-view/abstain.ts';
import type { FitRequest, FocalSource } from './geometry-fit.ts';

export { SCALE_FACTORS } from '../../../gaussians/depthsplat/scale-factors.ts';

/** What a scene is made from, and by what. */
export interface FlyRequest extends FitRequest {
  /** An installed network that makes scenes; null: the match's own Gaussians. */
  network: { manifestUrl: string } | null;
  /** Of the baseline that the network is given: of the one that the matches ask for; null: looked for. */
  factor: number | null;
}

/** How a network's scene came out. */
export interface FlyNetwork {
  name: string;
  /** The factor that was taken. */
  factor: number;
  /** Each photo drawn from the other's Gaussians, dB: by the network, and by the match's own. */
  psnr: number;
  ofMatch: number;
}

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
  /** Null where the Gaussians are the match's own. */
  network: FlyNetwork | null;
  /** Milliseconds: cameras, scene. */
  timings: { fit: number; build: number };
}

/** The scene for another page. */
export interface FlownScene {
  table: GaussianTable;
  cameras: SplatCamera[];
}

/** The engine's calls on the scene that both photos make; none of them runs a model but a network that was asked for. */
export interface FlyApi {
  /**
   * Fits two cameras to the present match, whatever model *Geometry* has, and makes the scene, which the stage shows in its view
   * from then on. Throws `geometry-no-match`, `geometry-no-model`, `cancelled`, and what opening and running a network throws.
   */
  makeFly(request: FlyRequest): FlyInfo;
  /** Throws `fly-none` where there is no scene of the present match. `name`: the stem of the file's name. */
  saveFly(options: { format: 'ply' | 'spz'; name: string }): ExportedFile;
  handFly(options: Record<string, never>): FlownScene;
}
