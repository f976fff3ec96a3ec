import { readNumbers, roundTo } from '../../platform/params/address.ts';
import {
  choice,
  coded,
  number,
  type NumberParam,
  type ParamTable,
  type ParamValues,
  seed,
  text,
  toggle,
} from '../../platform/params/params.ts';
import type { PointLight } from '../../geometry/lift/lights.ts';
import { MAX_LIGHTS } from '../../geometry/lift/lights.ts';
import type { LiftPicture, SweepKind } from './contract/api.ts';
import { LIFT_PICTURES, SWEEP_KINDS } from './contract/api.ts';
import { DATASET_LIMITS } from './contract/dataset.ts';
import type { HoleFill, SkySettings } from './contract/settings.ts';
import { DEFAULT_LIFT, HOLE_FILLS, LIFT_LIMITS, NO_PHOTOMETRIC, SKY_SOURCES } from './contract/settings.ts';

/** Digits after the point of what hands and draws make: links keep as many, and show the very same view. */
export const MOTION_DIGITS = 5;

type Exact = Omit<NumberParam, 'kind' | 'digits' | 'isExact'>;

/** A number as hands set it: a link shows the very same view. */
const exact = (declared: Exact): NumberParam => number({ digits: MOTION_DIGITS, isExact: true, ...declared });

const { depth, motion, render, light, sky } = DEFAULT_LIFT;

const rotation = (axis: number, label: string) =>
  exact({
    address: 'rotation',
    label,
    default: motion.rotation[axis],
    range: LIFT_LIMITS.rotation,
    step: 0.5,
    unit: '°',
    help: 'Component of the axis-angle rotation',
  });

const translation = (axis: number, label: string) =>
  exact({
    address: 'translation',
    label,
    default: motion.translation[axis],
    range: LIFT_LIMITS.translation,
    step: 0.01,
    help: 'Component of t in X_b = R · X_a + t, in units of the median depth',
  });

/** What the camera does to one of the pictures; all five stand together in an address. */
const photometric = (address: string) => ({
  exposure: exact({
    address,
    label: 'Exposure',
    default: NO_PHOTOMETRIC.exposure,
    range: LIFT_LIMITS.exposure,
    step: 0.1,
    unit: ' stops',
  }),
  gamma: exact({
    address,
    label: 'Gamma',
    default: NO_PHOTOMETRIC.gamma,
    range: LIFT_LIMITS.gamma,
    step: 0.05,
  }),
  noise: exact({
    address,
    label: 'Noise',
    default: NO_PHOTOMETRIC.noise,
    range: LIFT_LIMITS.noise,
    step: 0.005,
    help: 'Standard deviation, of 0–1',
  }),
  blur: exact({
    address,
    label: 'Blur',
    default: NO_PHOTOMETRIC.blur,
    range: LIFT_LIMITS.photometricBlur,
    step: 0.1,
    unit: ' px',
    help: 'Sigma of a Gaussian',
  }),
  jpeg: exact({
    address,
    label: 'JPEG quality',
    default: NO_PHOTOMETRIC.jpeg,
    range: LIFT_LIMITS.jpeg,
    step: 1,
    help: '100 is off',
  }),
});

export const PHOTOMETRIC_PARAMS = { a: photometric('photometric-a'), b: photometric('photometric-b') };

/** One light: place, colour, power. */
export const LIGHT_PARAMS = {
  power: exact({ address: 'lights', label: 'Power', default: 1, range: LIFT_LIMITS.power, step: 0.05 }),
  position: exact({
    address: 'lights',
    label: 'Distance from the camera',
    default: 0,
    range: LIFT_LIMITS.lightPosition,
    step: 0.05,
    help: 'Along the photo’s axis of view, in units of the median depth; below 0 is behind the camera.',
  }),
};
const COLOUR: readonly [number, number] = [0, 4];
const LIGHT_RANGES = [
  ...Array<readonly [number, number]>(3).fill(LIGHT_PARAMS.position.range),
  ...Array<readonly [number, number]>(3).fill(COLOUR),
  LIGHT_PARAMS.power.range,
];

/** That many numbers, each kept in its range. */
function kept(written: string, ranges: readonly (readonly [number, number])[]): number[] | undefined {
  const values = readNumbers(written, ranges.length);
  return values?.map((value, i) => Math.min(ranges[i][1], Math.max(ranges[i][0], value)));
}

const numbersText = (values: readonly number[]) => values.map((value) => roundTo(value, MOTION_DIGITS)).join(',');

/** What a sweep turns from where to where, unless the person says otherwise. */
export const SWEEP_RANGES: Record<SweepKind, { min: number; max: number; from: number; to: number; digits: number }> = {
  yaw: { min: -90, max: 90, from: 0, to: 60, digits: 1 },
  pitch: { min: -90, max: 90, from: 0, to: 60, digits: 1 },
  roll: { min: -180, max: 180, from: 0, to: 180, digits: 1 },
  zoom: { min: 0.25, max: 4, from: 1, to: 4, digits: 2 },
  translation: { min: 0, max: 2, from: 0, to: 1, digits: 2 },
  light: { min: 0, max: 4, from: 0, to: 2, digits: 2 },
  noise: { min: 0, max: 0.5, from: 0, to: 0.3, digits: 3 },
};
export const SWEEP_STEPS = { min: 2, max: 41 } as const;

/** What is swept, from where to where, in how many steps. */
export interface SweepSpan {
  kind: SweepKind;
  from: number;
  to: number;
  steps: number;
}

function readSweep(written: string): SweepSpan | undefined {
  const [word, ...rest] = written.split(',');
  const kind = SWEEP_KINDS.find((one) => one === word);
  if (!kind) return undefined;
  const { min, max } = SWEEP_RANGES[kind];
  const values = kept(rest.join(','), [
    [min, max],
    [min, max],
    [SWEEP_STEPS.min, SWEEP_STEPS.max],
  ]);
  if (!values || values[0] === values[1]) return undefined;
  return { kind, from: values[0], to: values[1], steps: Math.round(values[2]) };
}

/** Where the depth is from; a dropped map has no address: whoever opens the link gets what `auto` finds. */
export type LinkedDepth = { kind: 'auto' } | { kind: 'estimate' } | { kind: 'network'; id: string };

const DEPTH_FORMULA = 'z = 1 / (a · disparity + b)';

const picture = (side: 'a' | 'b') =>
  choice<LiftPicture>({
    address: `show-${side}`,
    label: `Picture of view ${side.toUpperCase()}`,
    default: 'colour',
    options: LIFT_PICTURES.map((value) => ({ value, label: value })),
  });

/** Everything that a link says of the lift page. */
export const LIFT_PARAMS = {
  scale: exact({
    address: 'depth',
    label: 'Scale a',
    default: depth.scale,
    range: LIFT_LIMITS.scale,
    step: 0.05,
    help: DEPTH_FORMULA,
  }),
  shift: exact({
    address: 'depth',
    label: 'Shift b',
    default: depth.shift,
    range: LIFT_LIMITS.shift,
    step: 0.01,
    help: DEPTH_FORMULA,
  }),
  focal: exact({
    address: 'depth',
    label: 'Focal length',
    default: depth.focal,
    range: LIFT_LIMITS.focal,
    step: 0.01,
    unit: ' of the width',
  }),
  near: exact({ address: 'depth', label: 'Near', default: depth.near, range: LIFT_LIMITS.near, step: 0.02 }),
  far: exact({ address: 'depth', label: 'Far', default: depth.far, range: LIFT_LIMITS.far, step: 1 }),
  blur: exact({
    address: 'soften',
    label: 'Blur',
    default: depth.blur,
    range: LIFT_LIMITS.blur,
    step: 0.25,
    unit: ' px',
  }),
  clipLow: exact({
    address: 'soften',
    label: 'Clip the far end at',
    default: depth.clip[0],
    range: [0, 1],
    step: 0.01,
  }),
  clipHigh: exact({
    address: 'soften',
    label: 'Clip the near end at',
    default: depth.clip[1],
    range: [0, 1],
    step: 0.01,
  }),
  rotationX: rotation(0, 'Turn up'),
  rotationY: rotation(1, 'Turn right'),
  rotationZ: rotation(2, 'Turn clockwise'),
  translationX: translation(0, 'Shift right'),
  translationY: translation(1, 'Shift down'),
  translationZ: translation(2, 'Shift away'),
  zoom: exact({
    address: 'zoom',
    label: 'Zoom',
    default: motion.zoom,
    range: LIFT_LIMITS.zoom,
    step: 0.05,
    unit: '×',
  }),
  longSide: number({
    address: 'size',
    label: 'Render size',
    default: render.longSide,
    range: LIFT_LIMITS.longSide,
    step: 32,
    digits: 0,
    unit: ' px',
  }),
  edge: exact({
    address: 'edge',
    label: 'Cut surfaces at edges above',
    default: render.edge,
    range: LIFT_LIMITS.edge,
    step: 0.01,
    help: 'Sobel magnitude of the disparity: faces across steeper steps are dropped.',
  }),
  tolerance: exact({
    address: 'edge',
    label: 'Visible within',
    default: render.tolerance,
    range: LIFT_LIMITS.tolerance,
    step: 0.001,
    help: 'A place counts as visible where its depth is within this share of the rendered depth.',
  }),
  crop: choice<typeof render.crop>({
    address: 'crop',
    label: 'Crop',
    default: render.crop,
    options: [
      { value: 'whole', label: 'Whole photo' },
      { value: 'square', label: 'Square (L2M)' },
    ],
  }),
  fill: choice<HoleFill>({
    address: 'fill',
    label: 'What the photo does not show',
    default: render.fill,
    options: HOLE_FILLS.map((value) => ({
      value,
      label: { none: 'Show', 'push-pull': 'Fill smoothly', model: 'Model' }[value],
    })),
  }),
  relight: choice<'none' | 'a' | 'b' | 'ab'>({
    address: 'relight',
    label: 'Views lit anew',
    default: 'none',
    options: (['none', 'a', 'b', 'ab'] as const).map((value) => ({ value, label: value })),
  }),
  ambient: exact({
    address: 'ambient',
    label: 'Ambient',
    default: light.ambient,
    range: LIFT_LIMITS.ambient,
    step: 0.02,
  }),
  shadows: toggle({
    address: 'shadows',
    label: 'Shadows',
    default: light.shadows,
    help: 'A march through the depth map from every place towards each light.',
  }),
  lights: coded<PointLight[]>({
    address: 'lights',
    label: 'Lights',
    default: light.lights,
    form: `up to ${MAX_LIGHTS} of x,y,z,red,green,blue,power with semicolons between`,
    read: (written) => {
      const rows = written.split(';', MAX_LIGHTS).map((row) => kept(row, LIGHT_RANGES));
      if (!rows.every((row) => row !== undefined)) return undefined;
      return rows.map(([x, y, z, red, green, blue, power]) => ({
        position: [x, y, z],
        color: [red, green, blue],
        power,
      }));
    },
    write: (lights) =>
      lights.map(({ position, color, power }) => numbersText([...position, ...color, power])).join(';'),
  }),
  ...suffixed('A', PHOTOMETRIC_PARAMS.a),
  ...suffixed('B', PHOTOMETRIC_PARAMS.b),
  sky: choice<SkySettings['source']>({
    address: 'sky',
    label: 'Found',
    default: sky.source,
    options: SKY_SOURCES.map((value) => ({
      value,
      label: { none: 'None', heuristic: 'By colour', model: 'Model' }[value],
    })),
  }),
  skyThreshold: exact({
    address: 'skythreshold',
    label: 'Sky above',
    default: sky.threshold,
    range: LIFT_LIMITS.skyThreshold,
    step: 0.01,
  }),
  seed: seed({ address: 'seed', label: 'Seed', default: 1 }),
  showA: picture('a'),
  showB: picture('b'),
  maxError: exact({
    address: 'maxerror',
    label: 'Full scale of errors',
    default: 10,
    range: [1, 100],
    step: 0.5,
    unit: ' px',
  }),
  source: coded<LinkedDepth>({
    address: 'source',
    label: 'Depth from',
    default: { kind: 'auto' },
    form: '`estimate` or `network:ID`',
    read: (written) => {
      const id = /^network:(.+)$/.exec(written)?.[1];
      return id ? { kind: 'network', id } : written === 'estimate' ? { kind: 'estimate' } : undefined;
    },
    write: (from) => (from.kind === 'network' ? `network:${from.id}` : from.kind),
  }),
  datasetViews: number({
    address: 'dataset-views',
    label: 'Views of every photo',
    default: 4,
    range: DATASET_LIMITS.views,
    slider: [1, 64],
    step: 1,
    digits: 0,
  }),
  datasetSize: number({
    address: 'dataset-size',
    label: 'Side of the square crop',
    default: 512,
    range: DATASET_LIMITS.size,
    slider: [128, 1024],
    step: 64,
    digits: 0,
    unit: ' px',
  }),
  datasetRelight: toggle({ address: 'dataset-lights', label: 'Random lights', default: true }),
  datasetPhotometric: toggle({ address: 'dataset-photometric', label: 'Random photometric changes', default: false }),
  model: text({ address: 'model', label: 'Matcher that is scored' }),
  live: toggle({ address: 'live', label: 'Score while the view moves', default: false }),
  sweep: coded<SweepSpan>({
    address: 'sweep',
    label: 'Sweep',
    default: { kind: 'yaw', from: 0, to: 60, steps: 9 },
    form: 'kind,from,to,steps',
    read: readSweep,
    write: ({ kind, from, to, steps }) => `${kind},${numbersText([from, to, steps])}`,
  }),
} satisfies ParamTable;

export type LiftValues = ParamValues<typeof LIFT_PARAMS>;

/** A table's names with a letter behind, for two of a kind in one table. */
function suffixed<const Letter extends string, Table extends ParamTable>(letter: Letter, table: Table) {
  const entries = Object.entries(table).map(([name, param]) => [name + letter, param]);
  return Object.fromEntries(entries) as { [Name in keyof Table & string as `${Name}${Letter}`]: Table[Name] };
}
