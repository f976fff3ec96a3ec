import type { Slot, UnitPlace } from '../contract.ts';
import { CLUSTER_COUNT, COMPARE_SIZE, SCORE_PROTOCOLS, SLOTS } from '../contract.ts';
import { clampCamera, isZoomed } from '../../../core/zoom.ts';
import {
  COMPARE_PAGES,
  type CompareSettings,
  type CompareState,
  DEFAULT_COMPARE,
  DEFAULT_POINT,
  EXTRA_SLOTS,
  type ExtraSlot,
  MAX_COLUMNS,
} from './types.ts';

/** What a link says of a comparison. */
export interface CompareAddress {
  settings: CompareSettings;
  point: UnitPlace;
  /** Addresses of the photos beyond the match's two. */
  extra: Partial<Record<ExtraSlot, string>>;
}

type NumberKey = 'longSide' | 'clusters' | 'seed' | 'bestPlaces' | 'exclusion' | 'maxRatio' | 'lines' | 'opacity';

/** Parameter, field, range and digits of every number. */
const NUMBERS: { name: string; key: NumberKey; min: number; max: number; digits: number }[] = [
  { name: 'size', key: 'longSide', ...COMPARE_SIZE, digits: 0 },
  { name: 'k', key: 'clusters', ...CLUSTER_COUNT, digits: 0 },
  { name: 'seed', key: 'seed', min: 0, max: 0xffffffff, digits: 0 },
  { name: 'best', key: 'bestPlaces', min: 1, max: 10, digits: 0 },
  { name: 'apart', key: 'exclusion', min: 0, max: 10, digits: 0 },
  { name: 'ratio', key: 'maxRatio', min: 0.5, max: 1, digits: 2 },
  { name: 'lines', key: 'lines', min: 10, max: 1000, digits: 0 },
  { name: 'opacity', key: 'opacity', min: 0.1, max: 1, digits: 2 },
];

const CHOICES = [
  { name: 'tab', key: 'page', values: COMPARE_PAGES },
  { name: 'fit', key: 'fit', values: ['joint', 'per-photo'] },
  { name: 'mask', key: 'mask', values: ['none', 'high', 'low'] },
  { name: 'protocol', key: 'protocol', values: SCORE_PROTOCOLS },
  { name: 'upsampling', key: 'upsampling', values: ['nearest', 'bilinear'] },
] as const satisfies { name: string; key: keyof CompareSettings; values: readonly string[] }[];

const SWITCHES = [
  { name: 'align', key: 'align' },
  { name: 'grid', key: 'showsGrid' },
] as const;

const PREFIX = 'compare.';
const TEMPERATURE = { min: 0.01, max: 0.5 };

/** Reads the page's parameters. Never throws: what cannot be understood counts as not given, ranges are kept. */
export function parseCompareOptions(options: Readonly<Record<string, string>>): CompareAddress {
  const read = (name: string): string | undefined => options[PREFIX + name];
  const settings: CompareSettings = { ...DEFAULT_COMPARE };
  for (const { name, key, values } of CHOICES) {
    const value = read(name);
    if ((values as readonly (string | undefined)[]).includes(value)) Object.assign(settings, { [key]: value });
  }
  for (const { name, key, min, max, digits } of NUMBERS) {
    const value = readNumber(read(name), min, max);
    if (value !== null) settings[key] = roundTo(value, digits);
  }
  for (const { name, key } of SWITCHES) if (/^[01]$/.test(read(name) ?? '')) settings[key] = read(name) === '1';
  const encoders = read('encoders')?.split(',').filter(Boolean);
  if (encoders?.length) settings.encoders = [...new Set(encoders)].slice(0, MAX_COLUMNS);
  settings.temperature = readNumber(read('temperature'), TEMPERATURE.min, TEMPERATURE.max);
  const [first, second] = read('between') ?? '';
  if (isSlot(first) && isSlot(second) && first !== second) settings.between = [first, second];
  const camera = readNumbers(read('camera'), 3);
  if (camera) settings.camera = clampCamera({ x: camera[0], y: camera[1], scale: camera[2] });
  const slot = read('point')?.[0];
  const place = readNumbers(read('point')?.slice(1), 2)?.map((share) => clamp(share, 0, 1));
  const extra: CompareAddress['extra'] = {};
  for (const name of EXTRA_SLOTS) if (read(name)) extra[name] = read(name);
  return { settings, point: isSlot(slot) && place ? { slot, x: place[0], y: place[1] } : DEFAULT_POINT, extra };
}

/** The page's parameters: only what differs from the defaults. Photos from files have no address and are left out. */
export function formatCompareOptions(
  { settings, point, extra }: Pick<CompareState, 'settings' | 'point' | 'extra'>,
  base: string,
): Record<string, string> {
  const options: Record<string, string> = {};
  const write = (name: string, value: string) => (options[PREFIX + name] = value);
  for (const { name, key } of CHOICES) if (settings[key] !== DEFAULT_COMPARE[key]) write(name, settings[key]);
  if (settings.encoders) write('encoders', settings.encoders.join(','));
  for (const { name, key, digits } of NUMBERS) {
    const value = roundTo(settings[key], digits);
    if (value !== DEFAULT_COMPARE[key]) write(name, String(value));
  }
  for (const { name, key } of SWITCHES) {
    if (settings[key] !== DEFAULT_COMPARE[key]) write(name, settings[key] ? '1' : '0');
  }
  if (settings.temperature !== null) write('temperature', String(roundTo(settings.temperature, 2)));
  if (settings.between.join() !== DEFAULT_COMPARE.between.join()) write('between', settings.between.join(''));
  if (isZoomed(settings.camera)) {
    const { x, y, scale } = settings.camera;
    write('camera', [roundTo(x, 5), roundTo(y, 5), roundTo(scale, 3)].join(','));
  }
  if (settings.page === 'similarity' && point !== DEFAULT_POINT) {
    write('point', `${point.slot}${roundTo(point.x, 3)},${roundTo(point.y, 3)}`);
  }
  for (const slot of EXTRA_SLOTS) {
    const source = extra[slot].photo?.source;
    if (source?.kind !== 'address') continue;
    write(slot, source.url.startsWith(base) ? source.url.slice(base.length) : source.url);
  }
  return options;
}

const isSlot = (text: string | undefined): text is Slot => (SLOTS as readonly (string | undefined)[]).includes(text);

function readNumbers(text: string | undefined, count: number): number[] | null {
  const numbers = (text ?? '').split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  return numbers.length === count && numbers.every(Number.isFinite) ? numbers : null;
}

function readNumber(text: string | undefined, min: number, max: number): number | null {
  const numbers = readNumbers(text, 1);
  return numbers && clamp(numbers[0], min, max);
}

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));
const roundTo = (value: number, digits: number) => Number(value.toFixed(digits));
