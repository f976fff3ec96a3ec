import { describe, expect, it } from 'vitest';
import { contendersOf, meanRecall, rowsInBin, scoresCsv } from './score-table.ts';
import type { ScoreRow } from './types.ts';

const row = (patch: Partial<ScoreRow>): ScoreRow => ({
  pair: 'Pair',
  encoder: 'E',
  longSide: 448,
  places: 100,
  recall: [0.1, 0.2, 0.4],
  viewpoint: 20,
  ...patch,
});

describe('scores', () => {
  it('weighs pairs by their places, and pairs without any not at all', () => {
    const rows = [row({}), row({ places: 300, recall: [0.5, 0.6, 0.8] }), row({ places: 0, recall: [NaN, NaN, NaN] })];
    const mean = meanRecall(rows);
    [0.4, 0.5, 0.7].forEach((share, t) => expect(mean[t]).toBeCloseTo(share, 10));
    expect(meanRecall([]).every(Number.isNaN)).toBe(true);
  });

  it('sorts by viewpoint; what has none is in no bin', () => {
    const rows = [0, 14.9, 15, 60, 180].map((viewpoint) => row({ viewpoint })).concat(row({ viewpoint: null }));
    expect([0, 1, 2, 3].map((bin) => rowsInBin(rows, bin).length)).toEqual([2, 1, 0, 2]);
  });

  it('quotes what a spreadsheet would split', () => {
    const csv = scoresCsv([
      row({ pair: 'Floor, turned', encoder: 'the "best"', recall: [NaN, 0.2, 1], viewpoint: null }),
    ]);
    expect(csv.split('\r\n')[1]).toBe('"Floor, turned","the ""best""",448,,,100,,0.2000,1.0000');
    expect(csv.endsWith('\r\n')).toBe(true);
    expect(scoresCsv([row({ viewpoint: 31 })]).split('\r\n')[1]).toContain(',31.0,30-60,');
  });

  it('tells sizes apart where there are several', () => {
    expect(contendersOf([row({}), row({ encoder: 'F' })]).map(({ name }) => name)).toEqual(['E', 'F']);
    const sizes = contendersOf([row({}), row({ longSide: 224 }), row({ pair: 'Other' })]);
    expect(sizes.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['E, 448 px', 2],
      ['E, 224 px', 1],
    ]);
  });
});
