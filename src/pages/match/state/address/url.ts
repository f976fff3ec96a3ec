import { readParams, writeParams, MAX_TEXT, readNumbers, roundTo } from '../../../../platform/params/address.ts';
import { type FitSettings, FIT_PARAMS, fitSettings, fitValues, VIEW_PARAMS } from '../../params.ts';
import type { Side } from '../../../../core/geometry.ts';
import { addressKeys } from '../../../../platform/params/params.ts';
import { SETTINGS_PARAMS } from '../../../../workspace/params.ts';
import type { MatchSettings } from '../../../../workspace/types.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { EXPORT_PARAMS, type ExportSettings } from '../../params/export.ts';
import { MAX_LINKED_PINS, type Place } from '../types.ts';

/** What a link says: everything but the photos' own bytes. */
export interface AddressState {
  /** Absent: this page. */
  page?: string;
  /** Parameters of the page's own, named `PAGE.NAME`, or `PAGE` for what it opens. */
  pageOptions?: Readonly<Record<string, string>>;
  view: ViewSettings;
  settings: MatchSettings;
  /** Absent: no fit is asked for. */
  geometry?: LinkedFit;
  /** Absent: a share file does not say how files are saved. */
  exports?: ExportSettings;
  /** Id of a demo pair; null where the link names none. */
  sample: string | null;
  /** Addresses of the photos, as the link gives them; null where it names none. */
  photos: Record<Side, string | null>;
  pins: Place[];
}

const MAX_PAGE_OPTIONS = 64;
/** The page whose parameters have no prefix, and which a link without `page` opens. */
const OWN_PAGE = 'match';

/** Names that say something of the match: no page's, whatever it is called. */
const TAKEN = new Set(addressKeys({ ...VIEW_PARAMS, ...SETTINGS_PARAMS }));

/** Whether a parameter is what a page opens: its bare name. */
const isOpened = (page: string, name: string) => name === page && !TAKEN.has(name);
/** Whether a parameter is a page's own. */
const isOf = (page: string, name: string) => isOpened(page, name) || name.startsWith(`${page}.`);

/**
 * Reads a query string. Never throws: an unknown word or a bad number counts as not given, ranges are kept.
 * A page's bare name says what it opens and shows it, as in `?scene=ADDRESS`.
 * @param pages names of the app's pages; others that the link names are not followed
 */
export function parseAddress(search: string, pages: readonly string[] = []): AddressState {
  const query = new URLSearchParams(search);
  const get = (name: string) => query.get(name);
  return {
    page:
      pages.find((page) => page === query.get('page')) ??
      pages.find((page) => query.has(page) && isOpened(page, page)) ??
      OWN_PAGE,
    pageOptions: readPageOptions(query, pages),
    view: readParams(VIEW_PARAMS, get),
    settings: readParams(SETTINGS_PARAMS, get),
    geometry: readFit(query),
    exports: readParams(EXPORT_PARAMS, get),
    sample: readText(query.get('sample')),
    photos: { a: readText(query.get('a')), b: readText(query.get('b')) },
    pins: readPins(query.get('pins')),
  };
}

/** The query string of a state, without the question mark: only what differs from the defaults. */
export function formatAddress(address: AddressState): string {
  const { page, pageOptions, view, settings, geometry, exports, sample, photos, pins } = address;
  const parts: [string, string][] = [];
  if (page && page !== OWN_PAGE) {
    parts.push(['page', page]);
    parts.push(...Object.entries(pageOptions ?? {}).filter(([name]) => isOf(page, name)));
  }
  if (sample !== null) parts.push(['sample', sample]);
  for (const side of ['a', 'b'] as const) if (photos[side] !== null) parts.push([side, photos[side]]);
  parts.push(...writeParams(VIEW_PARAMS, view), ...writeParams(SETTINGS_PARAMS, settings));
  if (geometry) parts.push(...fitParts(geometry));
  if (exports) parts.push(...writeParams(EXPORT_PARAMS, exports));
  if (pins.length > 0 && pins.length <= MAX_LINKED_PINS) {
    parts.push(['pins', pins.map((pin) => `${pin.side}${roundTo(pin.x, 1)},${roundTo(pin.y, 1)}`).join(';')]);
  }
  // Commas, colons and slashes are legal in a query: kept readable.
  return parts.map(([name, value]) => `${name}=${encode(value)}`).join('&');
}

const encode = (value: string) =>
  encodeURIComponent(value).replace(/%(2C|3A|2F|3B)/g, (escape) => decodeURIComponent(escape));

function readPageOptions(query: URLSearchParams, pages: readonly string[]): Record<string, string> {
  const own = [...query].filter(([name, value]) => {
    return value.length <= MAX_TEXT && pages.some((page) => isOf(page, name));
  });
  return Object.fromEntries(own.slice(0, MAX_PAGE_OPTIONS));
}

function readPins(text: string | null): Place[] {
  if (!text) return [];
  const pins: Place[] = [];
  for (const part of text.split(';').slice(0, MAX_LINKED_PINS)) {
    const side = part[0];
    const numbers = readNumbers(part.slice(1), 2);
    if ((side === 'a' || side === 'b') && numbers && numbers[0] >= 0 && numbers[1] >= 0) {
      pins.push({ side, x: numbers[0], y: numbers[1] });
    }
  }
  return pins;
}

const readText = (text: string | null): string | null => (text && text.length <= MAX_TEXT ? text : null);

/** What a link says of a fit: the model alone while it is shown, and every other choice that is not the default. */
interface LinkedFit {
  isOpen: boolean;
  settings: FitSettings;
}

/** Names the model where the panel is open; its being there opens it. */
const MODEL = FIT_PARAMS.model.address;

/** Reads the parameters `fit` and `fit.*`; undefined where the link has none. Never throws, ranges are kept. */
function readFit(query: URLSearchParams): LinkedFit | undefined {
  if (![...query.keys()].some((name) => name === MODEL || name.startsWith(`${MODEL}.`))) return undefined;
  const isOpen = FIT_PARAMS.model.options.some(({ value }) => value === query.get(MODEL));
  return { isOpen, settings: fitSettings(readParams(FIT_PARAMS, (name) => query.get(name))) };
}

/** The inverse of {@link readFit}. */
function fitParts({ isOpen, settings }: LinkedFit): [name: string, value: string][] {
  const others = writeParams(FIT_PARAMS, fitValues(settings)).filter(([name]) => name !== MODEL);
  return isOpen ? [[MODEL, settings.model], ...others] : others;
}
