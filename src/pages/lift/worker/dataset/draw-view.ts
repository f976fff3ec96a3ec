import { drawL2mView } from '../../../../geometry/lift/camera.ts';
import { drawLights } from '../../../../geometry/lift/lights.ts';
import { seededRandom } from '../../../../geometry/random.ts';
import type { DatasetOptions } from '../../contract/dataset.ts';
import { type LiftSettings, NO_PHOTOMETRIC, type PhotometricSettings } from '../../contract/settings.ts';

/** Ranges of the photometric changes; L2M has none of its own. Each view of a pair gets a draw of its own. */
const PHOTOMETRIC = {
  exposure: [-0.6, 0.6],
  gamma: [0.75, 1.35],
  noise: [0, 0.03],
  blur: [0, 1.2],
  jpeg: [40, 100],
} as const satisfies Record<keyof PhotometricSettings, readonly [number, number]>;

/** Keeps draws apart, so that switching light on does not change the noise. */
const STREAMS = { light: 0x9e3779b9, side: 0x27d4eb2f, photometricA: 0x85ebca6b, photometricB: 0xc2b2ae35 } as const;

/**
 * Settings of one view: the dataset's own, with camera, light and photometric changes drawn by the sample's seed. With
 * light, depth's scale and shift are drawn too, as L2M draws them there; its blur is not taken over, which would round
 * the depth edges off that faces are dropped at.
 */
export function drawView({ size, relight, photometric, settings }: DatasetOptions, seed: number): LiftSettings {
  const { focal, motion } = drawL2mView(seed);
  const lights = relight ? drawLights((seed ^ STREAMS.light) >>> 0) : null;
  const drawnLook = (stream: number) => (photometric ? drawPhotometric((seed ^ stream) >>> 0) : NO_PHOTOMETRIC);
  const { scale, shift } = lights?.depth ?? settings.depth;
  return {
    ...settings,
    depth: { ...settings.depth, focal, scale, shift },
    motion,
    render: { ...settings.render, longSide: size, crop: 'square' },
    light: lights
      ? {
          // The view is always lit anew, the photo in every other pair.
          on: { a: seededRandom((seed ^ STREAMS.side) >>> 0)() < 0.5, b: true },
          ambient: lights.ambient,
          lights: lights.lights,
          shadows: settings.light.shadows,
        }
      : { ...settings.light, on: { a: false, b: false } },
    photometric: { a: drawnLook(STREAMS.photometricA), b: drawnLook(STREAMS.photometricB) },
  };
}

function drawPhotometric(seed: number): PhotometricSettings {
  const random = seededRandom(seed);
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * random();
  return {
    exposure: between(PHOTOMETRIC.exposure),
    gamma: between(PHOTOMETRIC.gamma),
    noise: between(PHOTOMETRIC.noise),
    blur: between(PHOTOMETRIC.blur),
    jpeg: Math.round(between(PHOTOMETRIC.jpeg)),
  };
}
