import { viewpointBins } from '../../../geometry/viewpoint-bins.ts';
import type { LightSettings } from '../../../geometry/lift/lights.ts';
import type { CameraMotion } from '../../../geometry/pinhole.ts';
import type { Side } from '../../../core/geometry.ts';

/**
 * What a person sets in the lift studio. Side a is the photo, side b the new view of it. Everything here is plain data:
 * it goes to the worker as it is, and into the address as text.
 */
export interface LiftSettings {
  depth: DepthSettings;
  motion: CameraMotion;
  render: RenderSettings;
  light: LightSettings;
  photometric: Record<Side, PhotometricSettings>;
  sky: SkySettings;
}

/** How the disparity of the photo becomes depth: z = 1 / (scale · d + shift), d min-max normalised to 0.001…1.001. */
export interface DepthSettings {
  scale: number;
  shift: number;
  /** Focal length as a share of the photo's width. */
  focal: number;
  /** Depths are clamped to this range; in units of the lifted scene, whose nearest default depth is about 1. */
  near: number;
  far: number;
  /** Gaussian blur of the disparity before anything else, sigma in pixels of the rendered size; 0 leaves it. */
  blur: number;
  /** Disparities outside are clamped, 0…1 of the normalised disparity. */
  clip: [low: number, high: number];
}

export const HOLE_FILLS = ['none', 'push-pull', 'model'] as const;
/** `model`: an ONNX inpainting network that was installed or dropped. */
export type HoleFill = (typeof HOLE_FILLS)[number];

export interface RenderSettings {
  /** Longer side of both views, pixels. */
  longSide: number;
  /** `square`: L2M's centre crop. */
  crop: 'whole' | 'square';
  /**
   * A face is dropped where the Sobel magnitude of the normalised disparity is above this (L2M's edges). Scaled so that
   * a sharp step has its height: 0.06 parts whatever differs by 6 % of the photo's range of disparity.
   */
  edge: number;
  /** A place counts as visible where its depth is within this share of the depth that was rendered. */
  tolerance: number;
  fill: HoleFill;
}

/** What a camera does to a picture after the light. The defaults change nothing. */
export interface PhotometricSettings {
  /** Stops: the picture is multiplied by 2^exposure. */
  exposure: number;
  gamma: number;
  /** Standard deviation of Gaussian noise, of 0…1. */
  noise: number;
  /** Sigma of a Gaussian blur, pixels. */
  blur: number;
  /** Quality of JPEG compression, 1…100; 100 is off. */
  jpeg: number;
}

export const SKY_SOURCES = ['none', 'heuristic', 'model'] as const;
export interface SkySettings {
  source: (typeof SKY_SOURCES)[number];
  /** The mask is sky where it is above this. */
  threshold: number;
}

export const NO_PHOTOMETRIC: PhotometricSettings = { exposure: 0, gamma: 1, noise: 0, blur: 0, jpeg: 100 };

export const DEFAULT_LIFT: LiftSettings = {
  depth: { scale: 1, shift: 0.1, focal: 0.6, near: 0.1, far: 100, blur: 0, clip: [0, 1] },
  motion: { rotation: [0, 12, 0], translation: [-0.21, 0, 0.02], zoom: 1 },
  render: { longSide: 512, crop: 'whole', edge: 0.06, tolerance: 0.02, fill: 'push-pull' },
  light: {
    on: { a: false, b: false },
    ambient: 0.5,
    lights: [
      { position: [-0.8, -0.8, 0.2], color: [1, 0.9, 0.7], power: 1 },
      { position: [0.8, -0.5, 0.3], color: [0.6, 0.75, 1], power: 0.6 },
    ],
    shadows: false,
  },
  photometric: { a: NO_PHOTOMETRIC, b: NO_PHOTOMETRIC },
  sky: { source: 'heuristic', threshold: 0.5 },
};

/** Ranges of the sliders; what comes from an address is clamped to them. */
export const LIFT_LIMITS = {
  scale: [0.2, 3],
  shift: [0, 1],
  focal: [0.3, 2],
  near: [0.02, 2],
  far: [1, 200],
  blur: [0, 8],
  rotation: [-90, 90],
  /** Wide enough for a quarter turn around the median depth from a step further off. */
  translation: [-2, 2],
  zoom: [0.25, 4],
  longSide: [128, 1024],
  edge: [0.02, 1],
  tolerance: [0.001, 0.1],
  ambient: [0, 2],
  power: [0, 4],
  lightPosition: [-3, 3],
  exposure: [-3, 3],
  gamma: [0.4, 2.5],
  noise: [0, 0.2],
  photometricBlur: [0, 6],
  jpeg: [5, 100],
  skyThreshold: [0.05, 0.95],
} as const satisfies Record<string, readonly [number, number]>;

/** The presets of the viewpoint: the bins of the angle between the two directions of view, as far as the camera turns. */
export const VIEWPOINT_BINS = viewpointBins(LIFT_LIMITS.rotation[1]);
