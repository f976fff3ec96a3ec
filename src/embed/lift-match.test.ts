import { expect, test } from 'vitest';
import type * as Declared from '../../public/lift-match.d.ts';
import type * as Real from './lift-match.ts';
import type { LiftMatchOptions } from './create-lift-match.ts';

// Compiled, not run: the hand-written declarations must be no wider than what the module takes and gives.
const options = (given: Declared.LiftMatchOptions): Omit<LiftMatchOptions, 'onProgress' | 'onResult' | 'onError'> =>
  given;
const element = (real: ReturnType<typeof Real.create>): Omit<Declared.LiftMatch, 'export'> => real;

test('the declarations that are published are those of the module', () => {
  const given = { a: 'left.jpg', height: 'auto' } as const;
  expect(options(given)).toBe(given);
  expect(element).toBeTypeOf('function');
});
