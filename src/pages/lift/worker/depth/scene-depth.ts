import { disparityToDepth, medianDepth } from '../../passes/depth/cpu.ts';
import { prepareDisparity } from '../../passes/prepare-disparity/cpu.ts';
import type { LiftSettings } from '../../contract/settings.ts';
import type { Scene } from '../drawing/frame.ts';

/** The photo's depth by the settings. */
export interface SceneDepth {
  /** [h, w] normalised to 0.001…1.001. */
  disparity: Float32Array;
  /** [h, w] scene units; 0 in the sky. */
  depth: Float32Array;
  /** Unit of translations and lights. */
  medianDepth: number;
}

/** Tells whether two frames have the same surface. */
export const liftKey = (scene: Scene, { depth, sky, render }: LiftSettings): string =>
  JSON.stringify([scene.key, depth, sky.threshold, render.edge]);

/**
 * Depth of a scene. In ordinary memory on every path: cameras need its median, and it only changes with the sliders
 * of depth.
 */
export function sceneDepth({ disparity: raw, size, sky }: Scene, settings: LiftSettings): SceneDepth {
  const disparity = prepareDisparity(raw, size, settings.depth);
  const mask = sky && { map: sky, threshold: settings.sky.threshold };
  const depth = disparityToDepth(disparity, settings.depth, mask);
  return { disparity, depth, medianDepth: medianDepth(depth) };
}
