import type { SweepPoint } from '../../core/match-score.ts';
import { describe, expect, it } from 'vitest';

import { SCORE } from '../../pages/lift/state/fake-lift-worker.ts';
import { breakingPoint, sweepCsv, sweepCurves } from './sweep-table.ts';

const point = (model: string, step: number, share: number, places = 100): SweepPoint => ({
  model,
  step,
  value: step * 10,
  score: { ...SCORE, modelName: `Model ${model}`, places, pck: [share / 2, share, share, 1] },
});

describe('sweeps as curves and tables', () => {
  it('sorts points by matcher and step', () => {
    const curves = sweepCurves([point('y', 1, 1), point('x', 1, 1), point('y', 0, 1)]);
    expect(curves.map(({ model, points }) => [model, points.map(({ step }) => step)])).toEqual([
      ['y', [0, 1]],
      ['x', [1]],
    ]);
  });

  it('tells where a curve falls below one half, between the steps', () => {
    const [curve] = sweepCurves([point('x', 0, 0.9), point('x', 1, 0.7), point('x', 2, 0.2), point('x', 3, 0.1)]);
    expect(breakingPoint(curve, 1)).toBeCloseTo(14, 9);
    const [good] = sweepCurves([point('x', 0, 0.9), point('x', 1, 0.8)]);
    expect(breakingPoint(good, 1)).toBeNull();
    const [empty] = sweepCurves([point('x', 0, 0.9), point('x', 1, 0, 0)]);
    expect(breakingPoint(empty, 1)).toBeNull();
  });

  it('writes every point with its unit, and quotes names that need it', () => {
    const odd = { ...point('x', 2, 0.25), score: { ...SCORE, modelName: 'M, "odd"', epe: NaN, auroc: null } };
    const rows = sweepCsv('yaw', 'degrees', [point('x', 1, 0.5), odd])
      .trimEnd()
      .split('\r\n');
    expect(rows[0]).toBe(
      'sweep,unit,model,step,value,places,epe_px,median_error_px,' +
        'pck_at_1_px,pck_at_3_px,pck_at_5_px,pck_at_10_px,certainty_auroc',
    );
    expect(rows[1]).toBe('yaw,degrees,Model x,1,10,100,2,1,0.25,0.5,0.5,1,0.9');
    expect(rows[2]).toBe('yaw,degrees,"M, ""odd""",2,20,100,,1,0.5,0.8,0.9,1,');
  });
});
