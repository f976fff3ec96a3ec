import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import type { FrameFacts } from '../../contract/api.ts';
import type { LiftSettings } from '../../contract/settings.ts';

/** A photo ready to be lifted: everything that sliders of view, light and look leave alone. */
export interface Scene {
  /** Differs wherever anything in here does; begins with the key of the photo and a slash. */
  key: string;
  size: Size;
  /** The shown part of the photo at the rendered size. */
  photo: Pixels;
  /** [h, w] of any range, larger is nearer; finite. */
  disparity: Float32Array;
  /** [h, w] sky of 0…1; null without one. */
  sky: Float32Array | null;
}

/** What is asked of a renderer. */
export interface FrameRequest {
  scene: Scene;
  settings: LiftSettings;
  /** Of the photometric noise. */
  seed: number;
}

/** Both views with their truth in ordinary memory, row by row at the rendered size. */
export interface PlainFrame {
  size: Size;
  cameras: CameraPair;
  /** Unit of translations and lights, scene units. */
  medianDepth: number;
  /** RGBA after light, filling and photometric changes; alpha 0 in holes that were not filled. */
  colour: Record<Side, Uint8ClampedArray>;
  /** Along each view's axis, scene units; 0 in holes and in the sky. */
  depth: Record<Side, Float32Array>;
  /** [2, h, w] on each view's grid to the place in the other one, normalised. */
  warp: Record<Side, Float32Array>;
  /** 1 where the other view shows the same place. */
  visible: Record<Side, Uint8Array>;
  /** On the photo's grid: PLACE of core/match-score.ts. */
  places: Uint8Array;
  facts: FrameFacts;
}

/**
 * What a view of a frame depends on, as a text: views with the same key are the same picture, so their features are
 * worked out once.
 */
export function photoViewKey({ scene, settings, seed }: FrameRequest): string {
  const { light, depth, sky } = settings;
  const look = settings.photometric.a;
  // Unlit, the photo depends neither on its depth nor on any light.
  const lit = light.on.a ? [light, depth, sky.threshold] : null;
  const changes = JSON.stringify([lit, look, look.noise > 0 ? seed : 0]);
  return `${viewsKey(scene)}/${changes}`;
}

/** What the keys of all views of a photo begin with; a scene's own key begins with that of its photo. */
export const viewsKey = ({ key }: { key: string }): string => `lift/${key}`;
