import type { NumberParam, OptionalNumberParam, Param, ParamTable, ParamValues } from './params.ts';
import { defaultsOf } from './params.ts';

/** Longer words in a link are nobody's. */
export const MAX_TEXT = 2048;

/** Several numbers with one name in the address stand there together, with commas between, in the table's order. */
type Group = { address: string; entries: [name: string, param: Param][] };

function groupsOf(table: ParamTable): Group[] {
  const groups = new Map<string, Group>();
  for (const [name, param] of Object.entries(table)) {
    const group = groups.get(param.address) ?? { address: param.address, entries: [] };
    group.entries.push([name, param]);
    groups.set(param.address, group);
  }
  return [...groups.values()];
}

/**
 * Reads a page's settings from an address. Never throws: what cannot be understood counts as not given, numbers are kept
 * in their ranges.
 * @param get the text of an address name, null where it is not there
 */
export function readParams<Table extends ParamTable>(
  table: Table,
  get: (address: string) => string | null | undefined,
): ParamValues<Table> {
  const values: Record<string, unknown> = defaultsOf(table);
  for (const { address, entries } of groupsOf(table)) {
    const text = get(address);
    if (text === null || text === undefined) continue;
    if (entries.length === 1) {
      const [[name, param]] = entries;
      const value = readOne(param, text);
      if (value !== undefined) values[name] = value;
      continue;
    }
    // Half a view would be a third one: all numbers, or none.
    const parts = text.split(',');
    const read = entries.map(([, param], i) => (i < parts.length ? readOne(param, parts[i]) : undefined));
    if (parts.length !== entries.length || read.some((value) => value === undefined)) continue;
    for (const [i, [name]] of entries.entries()) values[name] = read[i];
  }
  return values as ParamValues<Table>;
}

/** Names and texts of what differs from the defaults, in the table's order. */
export function writeParams<Table extends ParamTable>(
  table: Table,
  values: ParamValues<Table>,
): [address: string, text: string][] {
  const standard: Record<string, unknown> = defaultsOf(table);
  const given: Record<string, unknown> = values;
  return groupsOf(table).flatMap(({ address, entries }): [string, string][] => {
    const [now, usual] = [given, standard].map((of) =>
      entries.map(([name, param]) => writeOne(param, of[name])).join(','),
    );
    return now === usual ? [] : [[address, now]];
  });
}

function readOne(param: Param, text: string): unknown {
  switch (param.kind) {
    case 'number':
    case 'optional-number':
      return readNumber(param, text);
    case 'choice':
      return param.options.find(({ value }) => value === text)?.value;
    case 'switch':
      return text === '1' ? true : text === '0' ? false : undefined;
    case 'text':
      return text !== '' && text.length <= MAX_TEXT ? text : undefined;
    case 'coded':
      return text.length <= MAX_TEXT ? param.read(text) : undefined;
  }
}

function writeOne(param: Param, value: unknown): string {
  if (param.kind === 'coded') return param.write(value);
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return param.kind === 'number' || param.kind === 'optional-number'
    ? String(roundTo(value as number, param.digits))
    : String(value);
}

function readNumber({ range: [min, max], digits, isExact }: NumberParam | OptionalNumberParam, text: string) {
  const [value] = readNumbers(text, 1) ?? [];
  if (value === undefined) return undefined;
  const kept = Math.min(max, Math.max(min, value));
  return isExact ? kept : roundTo(kept, digits);
}

/** That many numbers with commas between; null where the text is anything else. */
export function readNumbers(text: string, count: number): number[] | null {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  return numbers.length === count && numbers.every(Number.isFinite) ? numbers : null;
}

export const roundTo = (value: number, digits: number): number => Number(value.toFixed(digits));
