import { MAX_TEXT, readNumbers, roundTo } from '../../platform/params/address.ts';
import {
  choice,
  coded,
  number,
  type ParamTable,
  type ParamValues,
  seed,
  text,
  toggle,
} from '../../platform/params/params.ts';
import { type BinKind, PAIR_BINS } from '../../gaussians/pairs/views.ts';
import { DEPTH_KINDS, type DepthKind } from '../../gaussians/raster/render.ts';
import type { Size } from '../../core/geometry.ts';
import { VIEW_SWEEPS, type ViewSweep } from '../../gaussians/pairs/swept-view.ts';
import { SCENE_PICTURES, type ScenePicture, type SceneSweep, type ScorePicture } from './contract/api.ts';
import { type OrbitView, UP_AXES, type UpAxis } from './contract/view.ts';

/** Digits of a view in a link; more than a pixel is worth. */
const VIEW_DIGITS = 5;

const PICTURE_NAMES: Record<ScenePicture, string> = {
  colour: 'Colour',
  alpha: 'Alpha',
  depth: 'Depth',
  normal: 'Normal',
  dominant: 'Dominant Gaussian',
  flatness: 'Flatness',
  facing: 'Facing',
  contributors: 'Gaussians a pixel',
  difference: 'Difference of two depths',
};

export const RULE_NAMES: Record<DepthKind, string> = {
  centre: 'Centres, blended',
  median: 'Centre, median',
  plane: 'Plane (PGSR)',
  rayExpected: 'Ray, expected',
  rayMedian: 'Ray, median',
};

const ruleOptions = DEPTH_KINDS.map((value) => ({ value, label: RULE_NAMES[value] }));

/** Six numbers: target, yaw, pitch, distance. */
function readView(written: string): OrbitView | undefined {
  const values = readNumbers(written, 6);
  if (!values || values.some((value) => Math.abs(value) > 1e6)) return undefined;
  const [x, y, z, yaw, pitch, distance] = values;
  if (!(distance > 0) || Math.abs(pitch) >= 90) return undefined;
  return { target: [x, y, z], yaw, pitch, distance };
}

/** What can be swept, with the range that it begins with. */
export const SWEEP_RANGES: Record<ViewSweep, { min: number; max: number; from: number; to: number; digits: number }> = {
  angle: { min: -120, max: 120, from: 0, to: 80, digits: 1 },
  focal: { min: 0.25, max: 6, from: 1, to: 4, digits: 2 },
  distance: { min: 0.25, max: 6, from: 1, to: 4, digits: 2 },
};
export const SWEEP_STEPS = { min: 2, max: 41 } as const;

function readSweep(written: string): SceneSweep | undefined {
  const [word, ...rest] = written.split(',');
  const kind = VIEW_SWEEPS.find((one) => one === word);
  const values = readNumbers(rest.join(','), 3);
  if (!kind || !values || values[0] === values[1]) return undefined;
  const { min, max } = SWEEP_RANGES[kind];
  const [from, to, steps] = values;
  const isKept = [from, to].every((value) => value >= min && value <= max);
  if (!isKept || steps < SWEEP_STEPS.min || steps > SWEEP_STEPS.max) return undefined;
  return { kind, from, to, steps: Math.round(steps) };
}

/** Sizes of a dataset's pictures, as `WIDTHxHEIGHT`. */
const DATASET_SIZES = ['256x192', '320x240', '512x512', '640x480', '1024x768'] as const;
export type DatasetSize = (typeof DATASET_SIZES)[number];

export function sizeOfDataset(size: DatasetSize): Size {
  const [width, height] = size.split('x').map(Number);
  return { width, height };
}

/** Everything that a link says of the scene page, but the scene itself, which is `?scene=`. */
export const SCENE_PARAMS = {
  picture: choice<ScenePicture>({
    address: 'show',
    label: 'Picture',
    default: 'colour',
    options: SCENE_PICTURES.map((value) => ({ value, label: PICTURE_NAMES[value] })),
  }),
  rule: choice<DepthKind | 'auto'>({
    address: 'depth',
    label: 'Depth',
    default: 'auto',
    options: [{ value: 'auto', label: 'By flatness' }, ...ruleOptions],
  }),
  against: choice<DepthKind>({ address: 'against', label: 'Against', default: 'centre', options: ruleOptions }),
  view: coded<OrbitView | null>({
    address: 'view',
    label: 'View',
    default: null,
    form: 'x,y,z of what is looked at, yaw, pitch, distance',
    read: readView,
    write: (view) =>
      view
        ? [...view.target, view.yaw, view.pitch, view.distance].map((value) => roundTo(value, VIEW_DIGITS)).join(',')
        : '',
  }),
  up: choice<UpAxis>({
    address: 'up',
    label: 'Up',
    default: '-y',
    options: UP_AXES.map((value) => ({ value, label: value.replace('-', '−') })),
  }),
  fieldOfView: number({
    address: 'fov',
    label: 'Field of view',
    default: 60,
    range: [10, 120],
    step: 1,
    digits: 1,
    unit: '°',
    help: 'Across the longer side.',
  }),
  floaters: number({
    address: 'floaters',
    label: 'Hide floaters',
    default: 0,
    range: [0, 1],
    step: 0.01,
    digits: 2,
    help: 'Faint ones, large ones and ones far from the crowd; further right hides more.',
  }),
  bins: choice<BinKind>({
    address: 'bins',
    label: 'Draw by',
    default: 'overlap',
    options: (Object.keys(PAIR_BINS) as BinKind[]).map((value) => ({ value, label: value })),
  }),
  bin: number({ address: 'bin', label: 'Bin', default: 2, range: [0, 3], step: 1, digits: 0 }),
  seed: seed({ address: 'seed', label: 'Seed', default: 1 }),
  model: text({ address: 'model', label: 'Matcher that is scored' }),
  live: toggle({ address: 'live', label: 'Score every new pair', default: false }),
  scored: choice<ScorePicture>({
    address: 'scored',
    label: 'Picture of the score',
    default: 'error',
    options: [
      { value: 'error', label: 'Error' },
      { value: 'certainty', label: 'Certainty' },
    ],
  }),
  maxError: number({
    address: 'maxerror',
    label: 'Hottest colour of the error',
    default: 10,
    range: [1, 100],
    step: 1,
    digits: 1,
    unit: ' px',
  }),
  sweep: coded<SceneSweep>({
    address: 'sweep',
    label: 'Sweep',
    default: { kind: 'angle', from: 0, to: 80, steps: 9 },
    form: 'kind,from,to,steps',
    read: readSweep,
    write: ({ kind, from, to, steps }) => `${kind},${[from, to, steps].map((value) => roundTo(value, 3)).join(',')}`,
  }),
  views: number({ address: 'views', label: 'Pairs', default: 20, range: [1, 5000], step: 1, digits: 0 }),
  datasetSize: choice<DatasetSize>({
    address: 'size',
    label: 'Size of its pictures',
    default: '320x240',
    options: DATASET_SIZES.map((value) => ({ value, label: `${value.replace('x', ' × ')} px` })),
  }),
} satisfies ParamTable;

export type SceneValues = ParamValues<typeof SCENE_PARAMS>;

/** An address in a link may be so long. */
export const MAX_ADDRESS = MAX_TEXT;
