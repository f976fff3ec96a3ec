import { describe, expect, it } from 'vitest';
import { binOf, PROTOCOL_TABLES } from './protocols.ts';
import { contendersOf, meanRecall, rowsInBin, scoresCsv } from './score-table.ts';
import type { ScoreRow } from './types.ts';

const { covisible: OURS, 'probe3d-navi': NAVI, 'probe3d-scannet': SCANNET } = PROTOCOL_TABLES;

const row = (patch: Partial<ScoreRow>): ScoreRow => ({
  protocol: 'covisible',
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
    const mean = meanRecall(OURS, rows);
    [0.4, 0.5, 0.7].forEach((share, t) => expect(mean[t]).toBeCloseTo(share, 10));
    expect(meanRecall(OURS, []).every(Number.isNaN)).toBe(true);
  });

  it('sorts by viewpoint; what has none is in no bin', () => {
    const rows = [0, 14.9, 15, 60, 180].map((viewpoint) => row({ viewpoint })).concat(row({ viewpoint: null }));
    expect([0, 1, 2, 3].map((bin) => rowsInBin(OURS, rows, bin).length)).toEqual([2, 1, 0, 2]);
  });

  it('quotes what a spreadsheet would split', () => {
    const csv = scoresCsv(OURS, [
      row({ pair: 'Floor, turned', encoder: 'the "best"', recall: [NaN, 0.2, 1], viewpoint: null }),
    ]);
    expect(csv.split('\r\n')[1]).toBe('"Floor, turned","the ""best""",448,,,100,,0.2000,1.0000');
    expect(csv.endsWith('\r\n')).toBe(true);
    expect(scoresCsv(OURS, [row({ viewpoint: 31 })]).split('\r\n')[1]).toContain(',31.0,30-60,');
  });

  it('tells Probe3D’s protocols by their own bins and distances, every pair alike', () => {
    const rows = [
      row({ places: 1000, recall: [0.2, 0.4, 0.6] }),
      row({ places: 10, recall: [0.6, 0.8, 1] }),
      row({ places: 0, recall: [NaN, NaN, NaN] }),
    ];
    [0.4, 0.6, 0.8].forEach((share, t) => expect(meanRecall(SCANNET, rows)[t]).toBeCloseTo(share, 10));
    expect([0, 29.9, 30, 60, 120, 120.1, null].map((angle) => binOf(NAVI, angle))).toEqual([0, 0, 1, 2, 3, null, null]);
    expect([14, 15, 30, 60, 180].map((angle) => binOf(SCANNET, angle))).toEqual([0, 1, 2, 3, 3]);
    expect(scoresCsv(NAVI, []).split('\r\n')[0]).toBe(
      'pair,encoder,size_px,viewpoint_deg,viewpoint_bin,matches,' +
        'recall_at_1_cm,recall_at_2_cm,recall_at_5_cm,recall_at_5_px,recall_at_25_px,recall_at_50_px',
    );
    expect([NAVI, SCANNET].map(({ measures, shown }) => measures[shown].label)).toEqual(['@2 cm', '@10 px']);
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
