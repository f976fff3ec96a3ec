import type { Side } from '../../core/geometry.ts';
import { BEYOND } from '../../core/viewer/fly.ts';
import { COLOR_MAPS } from '../../core/colors/color-maps.ts';
import { zoomParam } from '../../platform/params/camera.ts';
import {
  addressKeys,
  choice,
  defaultsOf,
  named,
  number,
  optionalNumber,
  type ParamTable,
  type ParamValues,
  seed,
  text,
  toggle,
} from '../../platform/params/params.ts';
import { SETTINGS_PARAMS } from '../../workspace/params.ts';

import { EXPORT_PARAMS } from './params/export.ts';
import type { FitMethod, FitModel } from './contract/fit-models.ts';
import { DEFAULT_THRESHOLD, FIT_METHODS, FIT_MODELS, MEASURED_SIDE } from './contract/fit-models.ts';
import type { ViewSettings } from './contract/view.ts';
import { COLORS_BY, COMPARE_BY, COMPARE_MODES } from './contract/view.ts';
import { COMPARE_TEXTS } from './views/compare/view.ts';
import { VIEW_LIST } from './views/index.ts';
import type { ViewName } from './views/index.ts';

/** What is shown of the match. Everything here acts at once: changing it redraws and never runs a model. */
export const VIEW_PARAMS = {
  view: choice<ViewName>({
    address: 'view',
    label: 'View',
    default: 'matches',
    options: VIEW_LIST.map(({ name, label }) => ({ value: name, label })),
  }),
  matchStyle: choice<ViewSettings['matchStyle']>({
    address: 'style',
    label: 'Drawn as',
    default: 'lines',
    options: [
      { value: 'lines', label: 'Lines' },
      { value: 'points', label: 'Points' },
    ],
  }),
  colorBy: choice<ViewSettings['colorBy']>({
    address: 'color',
    label: 'Coloured by',
    default: 'position',
    options: named(COLORS_BY, { position: 'Position', certainty: 'Certainty', inliers: 'Model' }),
  }),
  colorMap: choice<ViewSettings['colorMap']>({
    address: 'map',
    label: 'Colour map',
    default: 'viridis',
    options: COLOR_MAPS.map((name) => ({ value: name, label: name })),
  }),
  background: choice<ViewSettings['background']>({
    address: 'background',
    label: 'Unmatched places',
    default: 'white',
    options: [
      { value: 'white', label: 'White' },
      { value: 'black', label: 'Black' },
    ],
  }),
  compareMode: choice<ViewSettings['compareMode']>({
    address: 'compare',
    label: 'Mode',
    default: 'swipe',
    options: COMPARE_MODES.map((value) => ({ value, label: COMPARE_TEXTS[value].label })),
  }),
  compareBy: choice<ViewSettings['compareBy']>({
    address: 'by',
    label: 'B laid on A by',
    default: 'match',
    options: named(COMPARE_BY, { match: 'Match', plane: 'Plane', panorama: 'Panorama' }),
  }),
  threshold: number({
    address: 'threshold',
    label: 'Certainty from',
    default: 0.3,
    range: [0, 1],
    step: 0.01,
    digits: 3,
    help: 'Places that the model is less sure of are not shown.',
  }),
  cycleLimit: number({
    address: 'cycle',
    label: 'Cycle error up to',
    default: 0,
    range: [0, 1000],
    slider: [0.5, 50],
    step: 0.5,
    digits: 1,
    unit: ' px',
    help: 'Places that land farther from their start after going there and back are not shown; 0 shows all.',
  }),
  opacity: number({ address: 'opacity', label: 'Opacity', default: 0.75, range: [0, 1], step: 0.01, digits: 3 }),
  count: number({
    address: 'count',
    label: 'Number',
    default: 400,
    range: [10, 10_000],
    step: 10,
    digits: 0,
    scale: 'log',
    help: 'Fewer are drawn where fewer places are certain enough.',
  }),
  seed: seed({ address: 'seed', label: 'Seed of the samples', default: 1 }),
  amount: number({ address: 'amount', label: 'Position', default: 0.5, range: [0, 1], step: 0.005, digits: 3 }),
  checkerSize: number({
    address: 'checker',
    label: 'Cell size',
    default: 0.08,
    range: [0.01, 0.5],
    step: 0.005,
    digits: 3,
    help: 'As a share of A’s longer side.',
  }),
  flowScale: number({
    address: 'flowscale',
    label: 'Full scale (rim of the wheel)',
    default: 0.5,
    range: [0.01, 2],
    step: 0.005,
    digits: 3,
    scale: 'log',
    help: 'As a share of the photo’s longer side.',
  }),
  cycleScale: number({
    address: 'cyclescale',
    label: 'Full scale',
    default: 0.03,
    range: [0.001, 1],
    step: 0.005,
    digits: 4,
    scale: 'log',
    help: 'As a share of the photo’s longer side.',
  }),
  flyAt: number({
    address: 'fly.at',
    label: 'On the path',
    default: 0.5,
    range: [-BEYOND, 1 + BEYOND],
    step: 0.005,
    digits: 3,
    help: '0 is where A was taken, 1 where B was.',
  }),
  flyYaw: number({
    address: 'fly.yaw',
    label: 'To the side of it',
    default: 0,
    range: [-60, 60],
    step: 0.5,
    digits: 1,
    unit: '°',
  }),
  flyPitch: number({
    address: 'fly.pitch',
    label: 'Above it',
    default: 0,
    range: [-60, 60],
    step: 0.5,
    digits: 1,
    unit: '°',
  }),
  flyBy: text({
    address: 'fly.by',
    label: 'Gaussians by',
    help: 'Id of an installed DepthSplat. Without one, or where it is not installed: the match itself.',
  }),
  flyScale: optionalNumber({
    address: 'fly.scale',
    label: 'Depth scale',
    range: [0.2, 5],
    step: 0.05,
    digits: 2,
    otherwise: 'the best of 0.5 to 2',
    help: 'Times the distance between the cameras that suits the network’s training. Only networks ask for it.',
  }),
  flyDepth: text({
    address: 'fly.depth',
    label: 'Depth beside the match',
    help:
      '`estimate` (the lift studio’s rules) or the id of an installed depth network: where the match tells little, its ' +
      'shape is followed, and sky is put far away. Without one: the match alone.',
  }),
  flyRefine: toggle({
    address: 'fly.refine',
    label: 'Refine the cameras',
    default: false,
    help:
      'Moves pose and focal length, 60 steps, until each photo is drawn best from the other’s Gaussians. It takes some ' +
      'tenths of a minute, and where a hidden third photo judged, nothing was gained by it.',
  }),
  camera: zoomParam('camera'),
} satisfies ParamTable & Record<keyof ViewSettings, unknown>;

export const DEFAULT_VIEW: ViewSettings = defaultsOf(VIEW_PARAMS);

const fieldOfView = (side: 'a' | 'b') =>
  optionalNumber({
    address: `fit.fov${side}`,
    label: `Field of view of photo ${side.toUpperCase()}`,
    range: [5, 150],
    step: 0.1,
    digits: 6,
    isExact: true,
    unit: '°',
    otherwise: 'of the file, else of a usual lens',
    help: 'Horizontal. Only an essential matrix asks for it.',
  });

const knownCamera = (side: 'a' | 'b') =>
  text({
    address: `fit.cam${side}`,
    label: `Camera of photo ${side.toUpperCase()}`,
    help: 'MODEL,width,height,fx,fy,cx,cy,parameters: a measured camera, by COLMAP’s models; goes before field of view and k1.',
  });

/** How a model is fitted to the match. The matcher never runs for it. */
export const FIT_PARAMS = {
  model: choice<FitModel>({
    address: 'fit',
    label: 'Model',
    default: 'homography',
    options: named(FIT_MODELS, { homography: 'Homography', fundamental: 'F matrix', essential: 'E matrix' }),
    help: 'In an address it also opens the panel.',
  }),
  method: choice<FitMethod>({
    address: 'fit.method',
    label: 'Scored by',
    default: 'magsac',
    options: named(FIT_METHODS, { magsac: 'MAGSAC++', msac: 'MSAC', ransac: 'RANSAC' }),
  }),
  threshold: optionalNumber({
    address: 'fit.px',
    label: `Inlier threshold, px at ${MEASURED_SIDE} px`,
    range: [0.1, 20],
    step: 0.1,
    digits: 2,
    isExact: true,
    scale: 'log',
    otherwise: Object.entries(DEFAULT_THRESHOLD)
      .map(([model, pixels]) => `${pixels} (${model})`)
      .join(', '),
  }),
  confidence: number({
    address: 'fit.confidence',
    label: 'Confidence',
    default: 0.999999,
    range: [0.5, 0.99999999],
    step: 1e-8,
    digits: 8,
    isExact: true,
    help: 'Probability that the search ends no sooner than a sample without outliers was drawn.',
  }),
  iterations: number({
    address: 'fit.iterations',
    label: 'Iterations at most',
    default: 10_000,
    range: [100, 100_000],
    step: 1,
    digits: 0,
  }),
  seed: seed({ address: 'fit.seed', label: 'Seed of the search', default: 1 }),
  count: number({
    address: 'fit.count',
    label: 'Matches',
    default: 5000,
    range: [500, 10_000],
    step: 500,
    digits: 0,
  }),
  k1: number({
    address: 'fit.k1',
    label: 'Lens distortion k1',
    default: 0,
    range: [-0.5, 0.5],
    step: 0.01,
    digits: 4,
    isListed: true,
    help: 'OpenCV’s first radial term, of both lenses: places are straightened before the fit and in the cloud. What is drawn on the photos leaves it out.',
  }),
  cloud: toggle({
    address: 'fit.cloud',
    label: 'Points in space shown',
    default: false,
    help: 'With an essential matrix: its points are made and shown.',
  }),
  fovA: fieldOfView('a'),
  fovB: fieldOfView('b'),
  cameraA: knownCamera('a'),
  cameraB: knownCamera('b'),
} satisfies ParamTable;

/** A fit's settings as they are declared, one by one. */
export type FitValues = ParamValues<typeof FIT_PARAMS>;

/** The same with what belongs to a photo by its side. */
export type FitSettings = Omit<FitValues, 'fovA' | 'fovB' | 'cameraA' | 'cameraB'> & {
  fov: Record<Side, number | null>;
  /** Measured cameras as core/camera-model.ts writes them. */
  camera: Record<Side, string | null>;
};

export const fitSettings = ({ fovA, fovB, cameraA, cameraB, ...others }: FitValues): FitSettings => ({
  ...others,
  fov: { a: fovA, b: fovB },
  camera: { a: cameraA, b: cameraB },
});

export const fitValues = ({ fov, camera, ...others }: FitSettings): FitValues => ({
  ...others,
  fovA: fov.a,
  fovB: fov.b,
  cameraA: camera.a,
  cameraB: camera.b,
});

export const DEFAULT_FIT: FitSettings = fitSettings(defaultsOf(FIT_PARAMS));

/** Names of all of them in an address: an embed's options are the same. */
export const LINK_KEYS: readonly string[] = [VIEW_PARAMS, SETTINGS_PARAMS, FIT_PARAMS, EXPORT_PARAMS].flatMap(
  addressKeys,
);
