import { describe, expect, it } from 'vitest';
import { METADATA, TABLE } from './exported-match.test-helper.ts';
import { encodeMatchesCsv } from './matches-csv.ts';
import { encodeMatchesJson } from './matches-json.ts';

describe('matches as text', () => {
  it('CSV says what the numbers mean, then names the columns, then gives one line a match', () => {
    const lines = encodeMatchesCsv(TABLE, METADATA).split('\n');
    const comments = lines.filter((line) => line.startsWith('#'));
    expect(comments).toContain('# coordinates: pixels; the centre of the first (top-left) pixel is at (0.5, 0.5)');
    expect(comments).toContain('# photo A: left 1.jpg (640 x 480)');
    expect(lines.slice(comments.length)).toEqual([
      'x_a,y_a,x_b,y_b,certainty',
      '0.500,0.500,10.250,20.125,0.9876',
      '639.500,479.500,319.500,199.500,0.3100',
      '',
    ]);
  });

  it('JSON holds the same', () => {
    const parsed = JSON.parse(encodeMatchesJson(TABLE, METADATA)) as Record<string, unknown>;
    expect(parsed).toMatchObject({
      photos: METADATA.photos,
      model: 'Test model',
      coordinates: 'pixels; the centre of the first (top-left) pixel is at (0.5, 0.5)',
      columns: ['x_a', 'y_a', 'x_b', 'y_b', 'certainty'],
      count: 2,
    });
    expect(parsed.matches).toEqual([
      [0.5, 0.5, 10.25, 20.125, 0.9876],
      [639.5, 479.5, 319.5, 199.5, 0.31],
    ]);
  });

  it('covariances are further columns where they are known', () => {
    const covariance = { inB: Uint8Array.of(1, 0), values: Float32Array.of(2.5, -0.125, 1e6, Infinity, 0, Infinity) };
    const table = { ...TABLE, covariance };
    const lines = encodeMatchesCsv(table, METADATA).split('\n');
    expect(lines.filter((line) => line.startsWith('# covariance: of the place in cov_photo'))).toHaveLength(1);
    expect(lines.slice(-4)).toEqual([
      'x_a,y_a,x_b,y_b,certainty,cov_photo,cov_xx,cov_xy,cov_yy',
      '0.500,0.500,10.250,20.125,0.9876,b,2.5,-0.125,1000000',
      '639.500,479.500,319.500,199.500,0.3100,a,,0,',
      '',
    ]);
    const parsed = JSON.parse(encodeMatchesJson(table, METADATA)) as Record<string, unknown>;
    expect(parsed.columns).toEqual(lines.at(-4)!.split(','));
    expect(parsed.matches).toEqual([
      [0.5, 0.5, 10.25, 20.125, 0.9876, 'b', 2.5, -0.125, 1e6],
      [639.5, 479.5, 319.5, 199.5, 0.31, 'a', null, 0, null],
    ]);
  });

  it('no matches are still a whole file', () => {
    const none = { count: 0, rows: new Float32Array(0) };
    expect(encodeMatchesCsv(none, METADATA)).toMatch(/certainty\n$/);
    expect(JSON.parse(encodeMatchesJson(none, METADATA))).toMatchObject({ count: 0, matches: [] });
  });
});
