import { describe, expect, it } from 'vitest';
import { parseCommand } from './messages.ts';

const command = (fields: object) => parseCommand({ liftmatch: 1, ...fields });

describe('parseCommand', () => {
  it('takes known commands with their own fields only', () => {
    expect(command({ type: 'run', id: 3, extra: 'x' })).toEqual({ type: 'run', id: 3 });
    const photo = new Blob(['x']);
    expect(command({ type: 'load', a: 'a.jpg', b: photo })).toEqual({ type: 'load', a: 'a.jpg', b: photo });
    expect(command({ type: 'set', options: { view: 'flow', threshold: 0.5, rescue: false } })).toEqual({
      type: 'set',
      options: { view: 'flow', threshold: '0.5', rescue: '0' },
    });
    expect(command({ type: 'export', format: 'flo', side: 'b' })).toEqual({
      type: 'export',
      format: 'flo',
      side: 'b',
      flowSize: 'match',
      scale: 1,
      legend: true,
    });
  });

  it.each([null, undefined, 0, 'run', [], {}, { type: 'run' }, { liftmatch: 1, type: 'fly' }])(
    '%j is unknown',
    (data) => {
      expect(parseCommand(data)).toBe('unknown');
    },
  );

  it.each([
    { liftmatch: 2, type: 'run' },
    { liftmatch: '1', type: 'run' },
    { liftmatch: 1, type: {} },
    { liftmatch: 1, type: 'run', id: {} },
    { liftmatch: 1, type: 'load' },
    { liftmatch: 1, type: 'load', a: { href: 'x' } },
    { liftmatch: 1, type: 'load', a: 'x'.repeat(5000) },
    { liftmatch: 1, type: 'set' },
    { liftmatch: 1, type: 'set', options: { view: ['flow'] } },
    { liftmatch: 1, type: 'set', options: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`o${i}`, i])) },
    { liftmatch: 1, type: 'export', format: 'toString' },
    { liftmatch: 1, type: 'export', format: 'csv', side: 'c' },
    { liftmatch: 1, type: 'export', format: 'figure', scale: NaN },
  ])('%j is malformed', (data) => {
    expect(parseCommand(data)).toBe('malformed');
  });
});
