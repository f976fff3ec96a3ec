import { readNumbers, readParams, roundTo, writeParams } from '../../../platform/params/address.ts';
import type { Slot, UnitPlace } from '../contract.ts';
import { SLOTS } from '../contract.ts';
import { COMPARE_PARAMS } from '../params.ts';
import type { CompareSettings } from '../settings.ts';
import { type CompareState, DEFAULT_POINT, EXTRA_SLOTS, type ExtraSlot } from './types.ts';

/** What a link says of a comparison. */
export interface CompareAddress {
  settings: CompareSettings;
  point: UnitPlace;
  /** Addresses of the photos beyond the match's two. */
  extra: Partial<Record<ExtraSlot, string>>;
}

const PREFIX = 'compare.';

/** Reads the page's parameters. Never throws: what cannot be understood counts as not given, ranges are kept. */
export function parseCompareOptions(options: Readonly<Record<string, string>>): CompareAddress {
  const read = (name: string): string | undefined => options[PREFIX + name];
  const settings = readParams(COMPARE_PARAMS, read);
  const slot = read('point')?.[0];
  const place = readNumbers(read('point')?.slice(1) ?? '', 2)?.map((share) => clamp(share, 0, 1));
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
  for (const [name, value] of writeParams(COMPARE_PARAMS, settings)) write(name, value);
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

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));
