import type { Side } from '../../core/geometry.ts';
import { seededRandom } from '../random.ts';

/** L2M's random ranges (conventions of this project); lengths in units of its scene, y upwards. */
export const L2M_LIGHTS = {
  count: [2, 5],
  power: [400, 2000],
  color: [0.5, 1],
  x: [-2, 3],
  /** Above the camera; one of the two. */
  y: [1, 2],
  z: [-2, 2],
  ambient: [1.6, 2.6],
} as const;

/** L2M's depth for relighting: disparity clipped and blurred (sigma in pixels), scale and shift drawn. */
export const L2M_RELIGHT_DEPTH = { clip: [0.01, 1], blur: 2, scale: [0.7, 1.3], shift: [0, 0.2] } as const;

/**
 * What one unit here is in L2M's numbers. Its powers and ambient belong to a renderer with an exposure of its own, so
 * only their proportions carry over: the mean power (1200) becomes 1, and the mean ambient (2.1) becomes 0.5, the
 * app's default, with which a photo stays about as bright as it was.
 */
export const POWER_UNIT = 1200;
export const AMBIENT_UNIT = 4.2;

/** Lights as L2M draws them at random, mapped to ours. Shadows and the choice of views are not drawn. */
export interface DrawnLights extends Pick<LightSettings, 'ambient' | 'lights'> {
  depth: { clip: [number, number]; blur: number; scale: number; shift: number };
}

/**
 * Draws lights and depth handling with {@link L2M_LIGHTS}' ranges; the same seed gives the same lights.
 *
 * Positions: one unit of L2M's scene, whose normalised depth is about 1, is taken as the photo's median depth, with the
 * camera at 0. x is the same; its y points up and ours down, so y = −1 or −2, above the camera; the range of z is
 * symmetric, so that its direction does not matter.
 */
export function drawLights(seed: number): DrawnLights {
  const random = seededRandom(seed);
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * random();
  const whole = ([low, high]: readonly [number, number]) =>
    Math.min(high, low + Math.floor((high - low + 1) * random()));
  const count = Math.min(MAX_LIGHTS, whole(L2M_LIGHTS.count));
  const lights = Array.from(
    { length: count },
    (): PointLight => ({
      position: [between(L2M_LIGHTS.x), -whole(L2M_LIGHTS.y), between(L2M_LIGHTS.z)],
      color: [between(L2M_LIGHTS.color), between(L2M_LIGHTS.color), between(L2M_LIGHTS.color)],
      power: between(L2M_LIGHTS.power) / POWER_UNIT,
    }),
  );
  return {
    ambient: between(L2M_LIGHTS.ambient) / AMBIENT_UNIT,
    lights,
    depth: {
      clip: [...L2M_RELIGHT_DEPTH.clip],
      blur: L2M_RELIGHT_DEPTH.blur,
      scale: between(L2M_RELIGHT_DEPTH.scale),
      shift: between(L2M_RELIGHT_DEPTH.shift),
    },
  };
}

export interface PointLight {
  /** In camera a's frame, in units of the median depth: x right, y down, z forward; 0 is the camera. */
  position: [x: number, y: number, z: number];
  /** Linear RGB, 0…1 and above. */
  color: [red: number, green: number, blue: number];
  power: number;
}

export interface LightSettings {
  /** Which of the two views are lit anew. */
  on: Record<Side, boolean>;
  ambient: number;
  lights: PointLight[];
  /** March through the depth map for shadows. */
  shadows: boolean;
}

export const MAX_LIGHTS = 6;
