import { describe, expect, it } from 'vitest';
import { DEFAULT_ANIMATION } from './animation-settings.ts';
import { DEFAULT_FULL_SIZE } from './full-size-settings.ts';
import type { ExportWish } from './export-format.ts';
import { fileName } from './file-name.ts';
import { BATCH_EXPORTS, EXPORTS, exportFormat, isExportName } from './index.ts';

const photo = (name: string) => ({ name, file: new Blob([]) });
const WISH: ExportWish = {
  side: 'b',
  flowSize: 'match',
  scale: 2,
  legend: true,
  animation: DEFAULT_ANIMATION,
  firstPixel: 0.5,
  fullSize: DEFAULT_FULL_SIZE,
  count: null,
  query: '',
  view: { view: 'flow', threshold: 0, cycleLimit: 0 },
  photos: { a: photo('Plaza Mayor/§.jpg'), b: photo('...') },
};

describe('fileName', () => {
  const of = (name: 'flo' | 'figure' | 'share' | 'kitti' | 'animation') => fileName(exportFormat(name), WISH);

  it('says what is in the file', () => {
    expect(of('flo')).toBe('Plaza-Mayor-photo-flow-b-to-a.flo');
    expect(of('figure')).toBe('Plaza-Mayor-photo-flow@2x.png');
    expect(of('share')).toBe('Plaza-Mayor-photo.liftmatch.zip');
    expect(of('kitti')).toBe('Plaza-Mayor-photo-flow-b-to-a-kitti.png');
    expect(of('animation')).toBe('Plaza-Mayor-photo-morph.gif');
  });
});

describe('the list of exports', () => {
  it('has names of its own, words for the dialog, and file names of its own', () => {
    const names = EXPORTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(EXPORTS.map((format) => fileName(format, WISH))).size).toBe(names.length);
    for (const { label, text, ending } of EXPORTS) for (const word of [label, text, ending]) expect(word).not.toBe('');
  });

  it('names only what it holds to embeds and hosts', () => {
    for (const { name } of EXPORTS) expect(isExportName(name)).toBe(true);
    for (const word of ['exe', '__proto__', 'constructor', '', null, 3]) expect(isExportName(word)).toBe(false);
  });

  it('keeps what takes too long for thousands of pairs out of batches', () => {
    expect(BATCH_EXPORTS.map(({ name }) => name)).not.toContain('animation');
    expect(BATCH_EXPORTS.length).toBe(EXPORTS.length - 1);
  });
});

describe('the first pixel’s centre', () => {
  const table = { count: 1, rows: Float32Array.from([1.5, 2.5, 3.25, 4, 0.75]) };
  const source = {
    model: 'M',
    verdict: { kind: 'good', sentence: 'They match.' },
    sizes: { a: { width: 8, height: 8 }, b: { width: 8, height: 8 } },
    readMatches: async () => table,
    readField: async () => ({ own: table.rows }),
  } as never;

  it.each(['csv', 'json', 'own'] as const)('is (0.5, 0.5) in %s, or (0, 0) where that is wished', async (name) => {
    const text = async (firstPixel: 0 | 0.5) =>
      (await exportFormat(name).write({ ...WISH, firstPixel }, source, {})).blob.text();
    const numbers = (line: string) => line.match(/[\d.]+/g)!.map(Number);
    const row = (all: string) =>
      numbers(
        all
          .trimEnd()
          .split('\n')
          .findLast((line) => /\d,/.test(line))!,
      );
    expect(row(await text(0.5))).toEqual([1.5, 2.5, 3.25, 4, 0.75]);
    expect(row(await text(0))).toEqual([1, 2, 2.75, 3.5, 0.75]);
    expect(await text(0.5)).toContain('(top-left) pixel is at (0.5, 0.5)');
    expect(await text(0)).toContain('(top-left) pixel is at (0, 0)');
    expect(table.rows[0]).toBe(1.5);
  });
});

describe('matches of the network itself', () => {
  const source = (own?: Float32Array) =>
    ({
      model: 'LoFTR',
      verdict: { kind: 'good', sentence: 'They match.' },
      sizes: { a: { width: 4, height: 4 }, b: { width: 4, height: 4 } },
      readField: async (side: string) => ({ own: side === 'a' ? own : undefined }),
    }) as never;

  it('are a table, of networks that have them', async () => {
    const { blob } = await exportFormat('own').write(WISH, source(Float32Array.from([1, 2, 3, 3.5, 0.75])), {});
    const lines = (await blob.text()).trimEnd().split('\n');
    expect(lines.slice(-2)).toEqual(['x_a,y_a,x_b,y_b,certainty', '1.000,2.000,3.000,3.500,0.7500']);
    await expect(exportFormat('own').write(WISH, source(), {})).rejects.toMatchObject({
      code: 'export-no-own-matches',
    });
  });
});
