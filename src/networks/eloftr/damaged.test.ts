import { expect, it } from 'vitest';
import { planDamaged } from '../damaged-state-dicts.test-helper.ts';
import { transformersName } from './names.ts';
import { eloftrShapes } from './published-shapes.ts';

const SMALL = { widths: [24, 32, 64], blocks: [1, 2, 2], layers: 2 } as const;

it.each([
  ['training form', eloftrShapes(SMALL)],
  ['fused form', eloftrShapes({ ...SMALL, fused: true })],
  ['transformers’ names', eloftrShapes(SMALL).map(([name, shape]) => [transformersName(name), shape] as const)],
])('500 damaged EfficientLoFTRs, %s: each refused with a coded error', (_, shapes) => {
  const { refused, wrong } = planDamaged(shapes, { size: [64, 64] });
  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThan(250);
});
