import { readParams, writeParams } from '../../../platform/params/address.ts';
import { defaultsOf } from '../../../platform/params/params.ts';
import type { LiftDisplay } from '../contract/api.ts';
import type { LiftSettings } from '../contract/settings.ts';
import { DEFAULT_LIFT } from '../contract/settings.ts';
import type { LiftValues } from '../params.ts';
import { LIFT_PARAMS } from '../params.ts';
import type { DatasetSettings, DepthChoice, LiftState, ScoreSettings, SweepSettings } from './types.ts';

/** What a link says of the lift studio; the photo is the match's. */
export interface LiftAddress {
  settings: LiftSettings;
  seed: number;
  display: LiftDisplay;
  depthChoice: DepthChoice;
  scoreSettings: ScoreSettings;
  sweepSettings: SweepSettings;
  datasetSettings: DatasetSettings;
}

const PREFIX = 'lift.';

/** Reads the page's parameters. Never throws: what cannot be understood counts as not given, ranges are kept. */
export const parseLiftOptions = (options: Readonly<Record<string, string>>): LiftAddress =>
  addressOf(readParams(LIFT_PARAMS, (name) => options[PREFIX + name]));

/** The page's parameters: only what differs from the defaults. */
export const formatLiftOptions = (state: LiftAddress | LiftState): Record<string, string> =>
  Object.fromEntries(writeParams(LIFT_PARAMS, valuesOf(state)).map(([name, text]) => [PREFIX + name, text]));

/** What the page holds, from what its parameters say one by one. */
function addressOf(values: LiftValues): LiftAddress {
  const { scale, shift, focal, near, far, blur, clipLow, clipHigh, zoom, longSide, edge, tolerance, crop, fill } =
    values;
  // Ends the wrong way round would leave nothing of the depth.
  const clip: [number, number] = clipLow < clipHigh ? [clipLow, clipHigh] : [...DEFAULT_LIFT.depth.clip];
  return {
    settings: {
      depth: { scale, shift, focal, near, far, blur, clip },
      motion: {
        rotation: [values.rotationX, values.rotationY, values.rotationZ],
        translation: [values.translationX, values.translationY, values.translationZ],
        zoom,
      },
      render: { longSide, crop, edge, tolerance, fill },
      light: {
        on: { a: /^ab?$/.test(values.relight), b: /b$/.test(values.relight) },
        ambient: values.ambient,
        lights: structuredClone(values.lights),
        shadows: values.shadows,
      },
      photometric: {
        a: {
          exposure: values.exposureA,
          gamma: values.gammaA,
          noise: values.noiseA,
          blur: values.blurA,
          jpeg: values.jpegA,
        },
        b: {
          exposure: values.exposureB,
          gamma: values.gammaB,
          noise: values.noiseB,
          blur: values.blurB,
          jpeg: values.jpegB,
        },
      },
      sky: { source: values.sky, threshold: values.skyThreshold },
    },
    seed: values.seed,
    display: { pictures: { a: values.showA, b: values.showB }, maxError: values.maxError },
    depthChoice: values.source,
    scoreSettings: { modelId: values.model, isLive: values.live },
    sweepSettings: { ...values.sweep, models: [] },
    datasetSettings: {
      views: values.datasetViews,
      size: values.datasetSize,
      relight: values.datasetRelight,
      photometric: values.datasetPhotometric,
    },
  };
}

/** The inverse of {@link addressOf}. */
function valuesOf(state: LiftAddress | LiftState): LiftValues {
  const { settings, display, depthChoice, scoreSettings, sweepSettings, datasetSettings } = state;
  const { depth, motion, render, light, photometric, sky } = settings;
  const { clip, ...shaped } = depth;
  const { a, b } = photometric;
  return {
    ...defaultsOf(LIFT_PARAMS),
    ...shaped,
    ...render,
    clipLow: clip[0],
    clipHigh: clip[1],
    rotationX: motion.rotation[0],
    rotationY: motion.rotation[1],
    rotationZ: motion.rotation[2],
    translationX: motion.translation[0],
    translationY: motion.translation[1],
    translationZ: motion.translation[2],
    zoom: motion.zoom,
    relight: light.on.a ? (light.on.b ? 'ab' : 'a') : light.on.b ? 'b' : 'none',
    ambient: light.ambient,
    shadows: light.shadows,
    lights: light.lights,
    exposureA: a.exposure,
    gammaA: a.gamma,
    noiseA: a.noise,
    blurA: a.blur,
    jpegA: a.jpeg,
    exposureB: b.exposure,
    gammaB: b.gamma,
    noiseB: b.noise,
    blurB: b.blur,
    jpegB: b.jpeg,
    sky: sky.source,
    skyThreshold: sky.threshold,
    seed: state.seed,
    showA: display.pictures.a,
    showB: display.pictures.b,
    maxError: display.maxError,
    // A dropped map has no address: whoever opens the link gets what `auto` finds.
    source: depthChoice.kind === 'file' ? { kind: 'auto' } : depthChoice,
    model: scoreSettings.modelId,
    live: scoreSettings.isLive,
    sweep: sweepSettings,
    datasetViews: datasetSettings.views,
    datasetSize: datasetSettings.size,
    datasetRelight: datasetSettings.relight,
    datasetPhotometric: datasetSettings.photometric,
  };
}
