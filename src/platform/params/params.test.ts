import { describe, expect, it } from 'vitest';
import { readParams, writeParams } from './address.ts';
import { addressKeys, choice, coded, defaultsOf, number, optionalNumber, seed, text, toggle } from './params.ts';

const TABLE = {
  amount: number({ address: 'amount', label: 'Amount', default: 0.5, range: [0, 1], step: 0.1, digits: 2 }),
  x: number({ address: 'at', label: 'X', default: 1, range: [0, 10], step: 1, digits: 1 }),
  y: number({ address: 'at', label: 'Y', default: 2, range: [0, 10], step: 1, digits: 5, isExact: true }),
  size: optionalNumber({
    address: 'size',
    label: 'Size',
    range: [64, 128],
    step: 1,
    digits: 0,
    otherwise: 'its own',
  }),
  style: choice<'lines' | 'points'>({
    address: 'style',
    label: 'Style',
    default: 'lines',
    options: [
      { value: 'lines', label: 'Lines' },
      { value: 'points', label: 'Points' },
    ],
  }),
  isOn: toggle({ address: 'on', label: 'On', default: true }),
  model: text({ address: 'model', label: 'Model' }),
  seed: seed({ address: 'seed', label: 'Seed', default: 1 }),
  pair: coded<[string, string]>({
    address: 'pair',
    label: 'Pair',
    default: ['a', 'b'],
    form: 'two letters',
    read: (written) => (written.length === 2 ? [written[0], written[1]] : undefined),
    write: (pair) => pair.join(''),
  }),
};
const DEFAULT = defaultsOf(TABLE);

const read = (query: string) => {
  const given = new URLSearchParams(query);
  return readParams(TABLE, (name) => given.get(name));
};

describe('settings in an address', () => {
  it('say nothing where nothing was changed', () => {
    expect(writeParams(TABLE, DEFAULT)).toEqual([]);
    expect(read('')).toEqual(DEFAULT);
  });

  it('come back as they were, in the table’s order', () => {
    const values = {
      amount: 0.25,
      x: 3.5,
      y: 0.12345,
      size: 96,
      style: 'points' as const,
      isOn: false,
      model: 'local:x',
      seed: 4294967295,
      pair: ['c', 'd'] as [string, string],
    };
    const parts = writeParams(TABLE, values);
    expect(parts.map(([name]) => name)).toEqual(addressKeys(TABLE));
    expect(read(new URLSearchParams(parts).toString())).toEqual(values);
  });

  it('numbers that share a name stand there together: all of them, or none', () => {
    expect(writeParams(TABLE, { ...DEFAULT, y: 7 })).toEqual([['at', '1,7']]);
    expect(read('at=3,4')).toMatchObject({ x: 3, y: 4 });
    for (const half of ['3', '3,', ',4', '3,4,5', '3,four']) expect(read(`at=${half}`)).toEqual(DEFAULT);
  });

  it('are kept in their ranges, and rounded unless they are taken as they are', () => {
    expect(read('amount=7&at=-1,99&size=9999&seed=-3')).toMatchObject({ amount: 1, x: 0, y: 10, size: 128, seed: 0 });
    expect(read('amount=0.128&at=1.26,1.2345678')).toMatchObject({ amount: 0.13, x: 1.3, y: 1.2345678 });
  });

  it.each([
    'amount=',
    'amount=NaN',
    'amount=1,2',
    'style=__proto__',
    'style=constructor',
    'on=yes',
    'model=',
    'pair=abc',
    'size=huge',
  ])('nonsense counts as not given: %s', (query) => {
    expect(read(query)).toEqual(DEFAULT);
  });

  it('too long a text is nobody’s', () => {
    expect(read(`model=${'x'.repeat(3000)}&pair=${'y'.repeat(3000)}`)).toEqual(DEFAULT);
  });
});
