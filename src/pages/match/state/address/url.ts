import type { Side } from '../../../../core/geometry.ts';
import type { ProviderChoice } from '../../../../core/match.ts';
import { COLORS_BY, COMPARE_BY, COMPARE_MODES, DEFAULT_VIEW, MATCH_COUNT } from '../../contract/view.ts';
import { VIEWS } from '../../views/index.ts';
import { COLOR_MAPS } from '../../../../core/color-maps.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { clampCamera, isZoomed } from '../../../../core/zoom.ts';
import { fitParts, type LinkedFit, readFit } from './geometry-address.ts';
import { DEFAULT_SETTINGS } from '../../../../workspace/store.ts';
import { MAX_LINKED_PINS } from '../types.ts';
import type { MatchSettings } from '../../../../workspace/types.ts';
import type { Place } from '../types.ts';

/** What a link says: everything but the photos' own bytes. */
export interface AddressState {
  /** Absent: this page. */
  page?: string;
  /** Parameters of the page's own, named `PAGE.NAME`. */
  pageOptions?: Readonly<Record<string, string>>;
  view: ViewSettings;
  settings: MatchSettings;
  /** Absent: no fit is asked for. */
  geometry?: LinkedFit;
  /** Id of a demo pair; null where the link names none. */
  sample: string | null;
  /** Addresses of the photos, as the link gives them; null where it names none. */
  photos: Record<Side, string | null>;
  pins: Place[];
}

const PROVIDERS: readonly ProviderChoice[] = ['auto', 'webgpu', 'wasm'];
const LONG_SIDE = { min: 64, max: 4096 };
const MAX_TEXT = 2048;
const MAX_PAGE_OPTIONS = 64;
/** The page whose parameters have no prefix, and which a link without `page` opens. */
const OWN_PAGE = 'match';

type NumberKey =
  | 'threshold'
  | 'cycleLimit'
  | 'opacity'
  | 'count'
  | 'seed'
  | 'amount'
  | 'checkerSize'
  | 'flowScale'
  | 'cycleScale';

/** Parameter, field, range and digits of every number in the view. */
const NUMBERS: { name: string; key: NumberKey; min: number; max: number; digits: number }[] = [
  { name: 'threshold', key: 'threshold', min: 0, max: 1, digits: 3 },
  { name: 'cycle', key: 'cycleLimit', min: 0, max: 1000, digits: 1 },
  { name: 'opacity', key: 'opacity', min: 0, max: 1, digits: 3 },
  { name: 'count', key: 'count', min: MATCH_COUNT.min, max: MATCH_COUNT.max, digits: 0 },
  { name: 'seed', key: 'seed', min: 0, max: 0xffffffff, digits: 0 },
  { name: 'amount', key: 'amount', min: 0, max: 1, digits: 3 },
  { name: 'checker', key: 'checkerSize', min: 0.01, max: 0.5, digits: 3 },
  { name: 'flowscale', key: 'flowScale', min: 0.01, max: 2, digits: 3 },
  { name: 'cyclescale', key: 'cycleScale', min: 0.001, max: 1, digits: 4 },
];

/** Parameter, field and allowed values of every choice in the view. */
const CHOICES = [
  { name: 'view', key: 'view', values: VIEWS },
  { name: 'style', key: 'matchStyle', values: ['lines', 'points'] },
  { name: 'color', key: 'colorBy', values: COLORS_BY },
  { name: 'map', key: 'colorMap', values: COLOR_MAPS },
  { name: 'background', key: 'background', values: ['white', 'black'] },
  { name: 'compare', key: 'compareMode', values: COMPARE_MODES },
  { name: 'by', key: 'compareBy', values: COMPARE_BY },
] as const satisfies { name: string; key: keyof ViewSettings; values: readonly string[] }[];

/**
 * Reads a query string. Never throws: an unknown word or a bad number counts as not given, ranges are kept.
 * @param pages names of the app's pages; others that the link names are not followed
 */
export function parseAddress(search: string, pages: readonly string[] = []): AddressState {
  const query = new URLSearchParams(search);
  const view: ViewSettings = { ...DEFAULT_VIEW };
  for (const { name, key, values } of CHOICES) {
    const value = query.get(name);
    if ((values as readonly string[]).includes(value ?? '')) Object.assign(view, { [key]: value });
  }
  for (const { name, key, min, max, digits } of NUMBERS) {
    const value = readNumber(query.get(name), min, max);
    if (value !== null) view[key] = roundTo(value, digits);
  }
  const camera = readNumbers(query.get('camera'));
  if (camera?.length === 3) view.camera = clampCamera({ x: camera[0], y: camera[1], scale: camera[2] });
  return {
    page: pages.find((page) => page === query.get('page')) ?? OWN_PAGE,
    pageOptions: readPageOptions(query, pages),
    view,
    settings: readSettings(query),
    geometry: readFit(query),
    sample: readText(query.get('sample')),
    photos: { a: readText(query.get('a')), b: readText(query.get('b')) },
    pins: readPins(query.get('pins')),
  };
}

/** The query string of a state, without the question mark: only what differs from the defaults. */
export function formatAddress(address: AddressState): string {
  const { page, pageOptions, view, settings, geometry, sample, photos, pins } = address;
  const parts: [string, string][] = [];
  if (page && page !== OWN_PAGE) {
    parts.push(['page', page]);
    parts.push(...Object.entries(pageOptions ?? {}).filter(([name]) => name.startsWith(`${page}.`)));
  }
  if (sample !== null) parts.push(['sample', sample]);
  for (const side of ['a', 'b'] as const) if (photos[side] !== null) parts.push([side, photos[side]]);
  for (const { name, key } of CHOICES) if (view[key] !== DEFAULT_VIEW[key]) parts.push([name, view[key]]);
  for (const { name, key, digits } of NUMBERS) {
    const value = roundTo(view[key], digits);
    if (value !== DEFAULT_VIEW[key]) parts.push([name, String(value)]);
  }
  if (settings.modelId !== null) parts.push(['model', settings.modelId]);
  if (settings.provider !== DEFAULT_SETTINGS.provider) parts.push(['ep', settings.provider]);
  if (settings.longSide !== null) parts.push(['size', String(settings.longSide)]);
  if (settings.rescue !== DEFAULT_SETTINGS.rescue) parts.push(['rescue', settings.rescue ? '1' : '0']);
  if (geometry) parts.push(...fitParts(geometry));
  if (isZoomed(view.camera)) {
    const { x, y, scale } = view.camera;
    parts.push(['camera', [roundTo(x, 5), roundTo(y, 5), roundTo(scale, 3)].join(',')]);
  }
  if (pins.length > 0 && pins.length <= MAX_LINKED_PINS) {
    parts.push(['pins', pins.map((pin) => `${pin.side}${roundTo(pin.x, 1)},${roundTo(pin.y, 1)}`).join(';')]);
  }
  // Commas, colons and slashes are legal in a query: kept readable.
  return parts.map(([name, value]) => `${name}=${encode(value)}`).join('&');
}

const encode = (value: string) =>
  encodeURIComponent(value).replace(/%(2C|3A|2F|3B)/g, (escape) => decodeURIComponent(escape));

function readSettings(query: URLSearchParams): MatchSettings {
  const provider = query.get('ep') as ProviderChoice;
  const longSide = readNumber(query.get('size'), LONG_SIDE.min, LONG_SIDE.max);
  const rescue = query.get('rescue');
  return {
    modelId: readText(query.get('model')),
    provider: PROVIDERS.includes(provider) ? provider : DEFAULT_SETTINGS.provider,
    longSide: longSide === null ? null : Math.round(longSide),
    rescue: rescue === '1' ? true : rescue === '0' ? false : DEFAULT_SETTINGS.rescue,
  };
}

function readPageOptions(query: URLSearchParams, pages: readonly string[]): Record<string, string> {
  const own = [...query].filter(([name, value]) => {
    return value.length <= MAX_TEXT && pages.some((page) => name.startsWith(`${page}.`));
  });
  return Object.fromEntries(own.slice(0, MAX_PAGE_OPTIONS));
}

function readPins(text: string | null): Place[] {
  if (!text) return [];
  const pins: Place[] = [];
  for (const part of text.split(';').slice(0, MAX_LINKED_PINS)) {
    const side = part[0];
    const numbers = readNumbers(part.slice(1));
    if ((side === 'a' || side === 'b') && numbers?.length === 2 && numbers[0] >= 0 && numbers[1] >= 0) {
      pins.push({ side, x: numbers[0], y: numbers[1] });
    }
  }
  return pins;
}

function readNumbers(text: string | null): number[] | null {
  const numbers = text?.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  return numbers?.every(Number.isFinite) ? numbers : null;
}

function readNumber(text: string | null, min: number, max: number): number | null {
  const numbers = readNumbers(text);
  return numbers?.length === 1 ? Math.min(max, Math.max(min, numbers[0])) : null;
}

const readText = (text: string | null): string | null => (text && text.length <= MAX_TEXT ? text : null);

const roundTo = (value: number, digits: number) => Number(value.toFixed(digits));
