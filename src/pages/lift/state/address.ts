import { LIFT_PICTURES, SWEEP_KINDS } from '../contract/api.ts';
import type { LiftDisplay } from '../contract/api.ts';
import type { LiftSettings, PhotometricSettings } from '../contract/settings.ts';
import type { PointLight } from '../../../geometry/lift-lights.ts';
import { DEFAULT_LIFT, HOLE_FILLS, LIFT_LIMITS, SKY_SOURCES } from '../contract/settings.ts';
import { MAX_LIGHTS } from '../../../geometry/lift-lights.ts';
import { MOTION_DIGITS } from './motion.ts';
import type { DepthChoice, LiftState, ScoreSettings, SweepSettings } from './types.ts';
import { DEFAULT_DISPLAY, DEFAULT_SCORE, DEFAULT_SEED, DEFAULT_SWEEP, SWEEP_RANGES, SWEEP_STEPS } from './types.ts';

/** What a link says of the lift studio; the photo is the match's. */
export interface LiftAddress {
  settings: LiftSettings;
  seed: number;
  display: LiftDisplay;
  depthChoice: DepthChoice;
  scoreSettings: ScoreSettings;
  sweepSettings: SweepSettings;
}

type Range = readonly [min: number, max: number];

const PREFIX = 'lift.';
const UNIT: Range = [0, 1];
const MAX_ERROR: Range = [1, 100];
const COLOUR: Range = [0, 4];
/** Digits after the point: of the finest numbers that the page sets, so that a link shows the very same view. */
const DIGITS = MOTION_DIGITS;

const LIGHT_RANGES: Range[] = [
  ...Array<Range>(3).fill(LIFT_LIMITS.lightPosition),
  ...Array<Range>(3).fill(COLOUR),
  LIFT_LIMITS.power,
];
const PHOTOMETRIC_RANGES: Range[] = [
  LIFT_LIMITS.exposure,
  LIFT_LIMITS.gamma,
  LIFT_LIMITS.noise,
  LIFT_LIMITS.photometricBlur,
  LIFT_LIMITS.jpeg,
];

/** One parameter: how it is read from its text, and written from a state. Null means: as the default. */
interface Parameter {
  name: string;
  read: (text: string, address: LiftAddress) => void;
  write: (address: LiftAddress) => string;
}

const PARAMETERS: Parameter[] = [
  numbers('depth', [LIFT_LIMITS.scale, LIFT_LIMITS.shift, LIFT_LIMITS.focal, LIFT_LIMITS.near, LIFT_LIMITS.far], {
    get: ({ settings: { depth } }) => [depth.scale, depth.shift, depth.focal, depth.near, depth.far],
    set: ({ settings }, [scale, shift, focal, near, far]) =>
      Object.assign(settings.depth, { scale, shift, focal, near, far }),
  }),
  numbers('soften', [LIFT_LIMITS.blur, UNIT, UNIT], {
    get: ({ settings: { depth } }) => [depth.blur, ...depth.clip],
    set: ({ settings }, [blur, low, high]) => {
      Object.assign(settings.depth, { blur });
      if (low < high) settings.depth.clip = [low, high];
    },
  }),
  numbers('rotation', Array<Range>(3).fill(LIFT_LIMITS.rotation), {
    get: ({ settings }) => settings.motion.rotation,
    set: ({ settings }, [x, y, z]) => (settings.motion.rotation = [x, y, z]),
  }),
  numbers('translation', Array<Range>(3).fill(LIFT_LIMITS.translation), {
    get: ({ settings }) => settings.motion.translation,
    set: ({ settings }, [x, y, z]) => (settings.motion.translation = [x, y, z]),
  }),
  numbers('zoom', [LIFT_LIMITS.zoom], {
    get: ({ settings }) => [settings.motion.zoom],
    set: ({ settings }, [zoom]) => (settings.motion.zoom = zoom),
  }),
  numbers('size', [LIFT_LIMITS.longSide], {
    get: ({ settings }) => [settings.render.longSide],
    set: ({ settings }, [longSide]) => (settings.render.longSide = Math.round(longSide)),
  }),
  numbers('edge', [LIFT_LIMITS.edge, LIFT_LIMITS.tolerance], {
    get: ({ settings: { render } }) => [render.edge, render.tolerance],
    set: ({ settings }, [edge, tolerance]) => Object.assign(settings.render, { edge, tolerance }),
  }),
  choice('crop', ['whole', 'square'], {
    get: ({ settings }) => settings.render.crop,
    set: ({ settings }, crop) => (settings.render.crop = crop),
  }),
  choice('fill', HOLE_FILLS, {
    get: ({ settings }) => settings.render.fill,
    set: ({ settings }, fill) => (settings.render.fill = fill),
  }),
  choice('relight', ['none', 'a', 'b', 'ab'], {
    get: ({ settings: { light } }) => (light.on.a ? (light.on.b ? 'ab' : 'a') : light.on.b ? 'b' : 'none'),
    set: ({ settings }, sides) => (settings.light.on = { a: /^ab?$/.test(sides), b: /b$/.test(sides) }),
  }),
  numbers('ambient', [LIFT_LIMITS.ambient], {
    get: ({ settings }) => [settings.light.ambient],
    set: ({ settings }, [ambient]) => (settings.light.ambient = ambient),
  }),
  choice('shadows', ['0', '1'], {
    get: ({ settings }) => (settings.light.shadows ? '1' : '0'),
    set: ({ settings }, shadows) => (settings.light.shadows = shadows === '1'),
  }),
  {
    name: 'lights',
    read: (text, { settings }) => {
      const rows = text.split(';', MAX_LIGHTS).map((row) => readNumbers(row, LIGHT_RANGES));
      if (rows.every((row) => row !== null)) settings.light.lights = rows.map(lightOf);
    },
    write: ({ settings }) =>
      settings.light.lights.map(({ position, color, power }) => writeNumbers([...position, ...color, power])).join(';'),
  },
  ...(['a', 'b'] as const).map((side) =>
    numbers(`photometric-${side}`, PHOTOMETRIC_RANGES, {
      get: ({ settings }) => photometricValues(settings.photometric[side]),
      set: ({ settings }, [exposure, gamma, noise, blur, jpeg]) =>
        (settings.photometric[side] = { exposure, gamma, noise, blur, jpeg }),
    }),
  ),
  choice('sky', SKY_SOURCES, {
    get: ({ settings }) => settings.sky.source,
    set: ({ settings }, source) => (settings.sky.source = source),
  }),
  numbers('skythreshold', [LIFT_LIMITS.skyThreshold], {
    get: ({ settings }) => [settings.sky.threshold],
    set: ({ settings }, [threshold]) => (settings.sky.threshold = threshold),
  }),
  numbers('seed', [[0, 0xffffffff]], {
    get: ({ seed }) => [seed],
    set: (address, [seed]) => (address.seed = Math.round(seed)),
  }),
  ...(['a', 'b'] as const).map((side) =>
    choice(`show-${side}`, LIFT_PICTURES, {
      get: ({ display }) => display.pictures[side],
      set: ({ display }, picture) => (display.pictures[side] = picture),
    }),
  ),
  numbers('maxerror', [MAX_ERROR], {
    get: ({ display }) => [display.maxError],
    set: ({ display }, [maxError]) => (display.maxError = maxError),
  }),
  {
    name: 'source',
    read: (text, address) => {
      const network = /^network:(.+)$/.exec(text)?.[1];
      if (network) address.depthChoice = { kind: 'network', id: network };
      else if (text === 'estimate') address.depthChoice = { kind: 'estimate' };
    },
    // A dropped map has no address: whoever opens the link gets what `auto` finds.
    write: ({ depthChoice: { kind, ...choice } }) =>
      kind === 'network' ? `network:${(choice as { id: string }).id}` : kind === 'estimate' ? kind : 'auto',
  },
  {
    name: 'model',
    read: (text, { scoreSettings }) => (scoreSettings.modelId = text || null),
    write: ({ scoreSettings }) => scoreSettings.modelId ?? '',
  },
  choice('live', ['0', '1'], {
    get: ({ scoreSettings }) => (scoreSettings.isLive ? '1' : '0'),
    set: ({ scoreSettings }, live) => (scoreSettings.isLive = live === '1'),
  }),
  {
    name: 'sweep',
    read: (text, { sweepSettings }) => {
      const [word, ...rest] = text.split(',');
      const kind = SWEEP_KINDS.find((one) => one === word);
      if (!kind) return;
      const { min, max } = SWEEP_RANGES[kind];
      const values = readNumbers(rest.join(','), [
        [min, max],
        [min, max],
        [SWEEP_STEPS.min, SWEEP_STEPS.max],
      ]);
      if (!values || values[0] === values[1]) return;
      Object.assign(sweepSettings, { kind, from: values[0], to: values[1], steps: Math.round(values[2]) });
    },
    write: ({ sweepSettings: { kind, from, to, steps } }) => `${kind},${writeNumbers([from, to, steps])}`,
  },
];

/** Reads the page's parameters. Never throws: what cannot be understood counts as not given, ranges are kept. */
export function parseLiftOptions(options: Readonly<Record<string, string>>): LiftAddress {
  const address = defaults();
  for (const { name, read } of PARAMETERS) {
    const text = options[PREFIX + name];
    if (text !== undefined) read(text, address);
  }
  return address;
}

/** The page's parameters: only what differs from the defaults. */
export function formatLiftOptions(state: LiftAddress | LiftState): Record<string, string> {
  const standard = defaults();
  const given = PARAMETERS.map(({ name, write }) => [name, write(state), write(standard)] as const);
  return Object.fromEntries(
    given.filter(([, text, usual]) => text !== usual).map(([name, text]) => [PREFIX + name, text]),
  );
}

const defaults = (): LiftAddress =>
  structuredClone({
    settings: DEFAULT_LIFT,
    seed: DEFAULT_SEED,
    display: DEFAULT_DISPLAY,
    depthChoice: { kind: 'auto' },
    scoreSettings: DEFAULT_SCORE,
    sweepSettings: DEFAULT_SWEEP,
  } satisfies LiftAddress);

interface Access<T> {
  get: (address: LiftAddress) => T;
  set: (address: LiftAddress, value: T) => unknown;
}

function numbers(name: string, ranges: readonly Range[], { get, set }: Access<readonly number[]>): Parameter {
  return {
    name,
    read: (text, address) => {
      const values = readNumbers(text, ranges);
      if (values) set(address, values);
    },
    write: (address) => writeNumbers(get(address)),
  };
}

function choice<T extends string>(name: string, values: readonly T[], { get, set }: Access<T>): Parameter {
  return {
    name,
    read: (text, address) => {
      const value = values.find((one) => one === text);
      if (value !== undefined) set(address, value);
    },
    write: get,
  };
}

function readNumbers(text: string, ranges: readonly Range[]): number[] | null {
  const values = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (values.length !== ranges.length || !values.every(Number.isFinite)) return null;
  return values.map((value, i) => Math.min(ranges[i][1], Math.max(ranges[i][0], value)));
}

const writeNumbers = (values: readonly number[]) => values.map((value) => Number(value.toFixed(DIGITS))).join(',');

const photometricValues = ({ exposure, gamma, noise, blur, jpeg }: PhotometricSettings) => [
  exposure,
  gamma,
  noise,
  blur,
  jpeg,
];

const lightOf = ([x, y, z, red, green, blue, power]: number[]): PointLight => ({
  position: [x, y, z],
  color: [red, green, blue],
  power,
});
