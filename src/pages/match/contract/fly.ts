import type { ExportedFile } from '../../../core/exported-file.ts';
import type { Side } from '../../../core/geometry.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import type { GaussianTable } from '../../../gaussians/table.ts';
import type { PriorFit } from '../../../gaussians/two-view/prior.ts';
import type { Abstention } from '../../../gaussians/two-view/abstain.ts';
import type { FitRequest, FocalSource } from './geometry-fit.ts';

export { SCALE_FACTORS } from '../../../gaussians/depthsplat/scale-factors.ts';

/** What a scene is made from, and by what. */
export interface FlyRequest extends FitRequest {
  /** An installed network that makes scenes; null: the match's own Gaussians. */
  network: { manifestUrl: string } | null;
  /** Of the baseline that the network is given: of the one that the matches ask for; null: looked for. */
  factor: number | null;
  /** A monocular map of either photo beside the match, and its sky; null: none. Only of the match's own Gaussians. */
  prior: PriorSource | null;
  /** Cameras are refined by the picture first; only of the match's own Gaussians. */
  refine: boolean;
}

/** Where a monocular map comes from: the lift studio's rules, or an installed depth network. */
export type PriorSource = { kind: 'estimate' } | { kind: 'network'; manifestUrl: string };

/** How a network's scene came out. */
export interface FlyNetwork {
  name: string;
  /** The factor that was taken. */
  factor: number;
  /** Each photo drawn from the other's Gaussians, dB: by the network, and by the match's own. */
  psnr: number;
  ofMatch: number;
}

/** What refining the cameras by the picture changed. */
export interface FlyRefined {
  steps: number;
  /** Of each photo drawn from the other's Gaussians, before the first and the last step: see photometricLoss. */
  loss: readonly [number, number];
  /** Degrees between both poses' turns, and between the ways to B. */
  turned: number;
  moved: number;
  /** By what both focal lengths were multiplied. */
  zoom: number;
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
  /** How either photo's monocular map explains what the match says, null where it does not; null without maps. */
  prior: Record<Side, PriorFit | null> | null;
  /** Null where cameras are as the match gave them. */
  refined: FlyRefined | null;
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
