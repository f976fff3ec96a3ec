import { describe, expect, it } from 'vitest';
import { colmapFiles, imageNames } from './colmap.ts';
import { METADATA, TABLE } from './exported-match.test-helper.ts';

/** Lines of a COLMAP text file as its readers take them: without comments, split at blanks. */
const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(' ').filter(Boolean));

describe('COLMAP text import', () => {
  const files = colmapFiles(TABLE, METADATA);
  const names = imageNames(METADATA);

  it('gives every image a name without blanks, used alike in all files', () => {
    expect(names).toEqual({ a: 'left_1.jpg', b: 'right_1.jpg' });
    expect([...files.keys()]).toEqual(expect.arrayContaining([`features/${names.a}.txt`, `features/${names.b}.txt`]));
  });

  it('gives two photos of one name two names', () => {
    const { photos } = METADATA;
    const same = { ...METADATA, photos: { a: { ...photos.a, name: 'x.jpg' }, b: { ...photos.b, name: 'x.jpg' } } };
    expect(imageNames(same)).toEqual({ a: 'a_x.jpg', b: 'b_x.jpg' });
  });

  it('writes features: a count and the descriptor’s length, then x, y, scale, orientation, descriptor', () => {
    const [head, ...features] = rows(files.get(`features/${names.b}.txt`)!);
    expect(head).toEqual(['2', '128']);
    expect(features.slice(0, 2).map((row) => row.length)).toEqual([132, 132]);
    expect(features[0].slice(0, 4).map(Number)).toEqual([10.25, 20.125, 1, 0]);
  });

  it('writes the match list: the names, pairs of feature indices, a blank line', () => {
    expect(files.get('matches.txt')!.split('\n')).toEqual([`${names.a} ${names.b}`, '0 0', '1 1', '', '']);
  });

  it('writes a model whose ids, sizes and points agree', () => {
    const cameras = rows(files.get('sparse/cameras.txt')!).filter((row) => row.length);
    expect(cameras).toEqual([
      ['1', 'SIMPLE_PINHOLE', '640', '480', '768', '320', '240'],
      ['2', 'SIMPLE_PINHOLE', '320', '200', '384', '160', '100'],
    ]);
    const [imageA, pointsA, imageB, pointsB] = rows(files.get('sparse/images.txt')!);
    expect(imageA).toEqual(['1', '1', '0', '0', '0', '0', '0', '0', '1', names.a]);
    expect(imageB.slice(-2)).toEqual(['2', names.b]);
    expect(pointsA.map(Number)).toEqual([0.5, 0.5, -1, 639.5, 479.5, -1]);
    expect(pointsB).toHaveLength(6);
  });
});
