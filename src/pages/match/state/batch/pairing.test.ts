import { describe, expect, it } from 'vitest';
import { type BatchFile, type FilePair, MAX_BATCH_PAIRS, pairUp, readPairList, sortFiles } from './pairing.ts';

const file = (path: string): BatchFile => ({ path, file: new File(['x'], path.split('/').at(-1)!) });
const names = (pairs: FilePair[]) => pairs.map(([a, b]) => `${a.path} ${b.path}`);

const PHOTOS = ['trip/1.jpg', 'trip/2.jpg', 'trip/10.JPG', 'home/1.jpg'].map(file);

describe('photos among files', () => {
  it('come in the order that people count in', () => {
    const { photos, list } = sortFiles(['10.jpg', 'notes.md', '2.png', '1.webp', 'pairs.csv'].map(file));
    expect(photos.map(({ path }) => path)).toEqual(['1.webp', '2.png', '10.jpg']);
    expect(list?.path).toBe('pairs.csv');
  });

  it('come with calibrations, which are no list of pairs', () => {
    const names = ['1.jpg', 'rig.yaml', 'cameras.txt', 's/images.txt', 'left.camera.txt', 'pairs.txt', 'c.json'];
    const { photos, list, calibrations } = sortFiles(names.map(file));
    expect(photos).toHaveLength(1);
    expect(list?.path).toBe('pairs.txt');
    expect(calibrations).toHaveLength(5);
  });

  it('come with their masks, which are no photos themselves', () => {
    const { photos } = sortFiles(
      ['s/1.jpg', 's/1.mask.png', 't/1.jpg', 's/2.jpg', 's/2.jpg.mask.png', 'x.mask.png'].map(file),
    );
    expect(photos.map(({ path, mask }) => [path, mask?.name])).toEqual([
      ['s/1.jpg', '1.mask.png'],
      ['s/2.jpg', '2.jpg.mask.png'],
      ['t/1.jpg', undefined],
    ]);
  });
});

describe('pairs by order', () => {
  const photos = ['1', '2', '3', '4', '5'].map((name) => file(`${name}.jpg`));
  it.each([
    ['next', ['1.jpg 2.jpg', '2.jpg 3.jpg', '3.jpg 4.jpg', '4.jpg 5.jpg']],
    ['twos', ['1.jpg 2.jpg', '3.jpg 4.jpg']],
    ['first', ['1.jpg 2.jpg', '1.jpg 3.jpg', '1.jpg 4.jpg', '1.jpg 5.jpg']],
  ] as const)('%s', (pairing, expected) => {
    expect(names(pairUp(photos, pairing))).toEqual(expected);
  });

  it('are none of one photo, and not too many of many', () => {
    expect(pairUp(photos.slice(0, 1), 'first')).toEqual([]);
    const many = Array.from({ length: MAX_BATCH_PAIRS + 2 }, () => photos[0]);
    expect(() => pairUp(many, 'next')).toThrow(/more than 2000 pairs/);
  });
});

describe('pairs by a list', () => {
  it('names paths, or as much of their ends as is needed', () => {
    const list = '\uFEFF# my pairs\r\nleft,right\r\ntrip/1.jpg, 2.jpg\r\n\r\n"./home/1.jpg";10.JPG\n';
    expect(names(readPairList(list.replace(';', ','), PHOTOS))).toEqual([
      'trip/1.jpg trip/2.jpg',
      'home/1.jpg trip/10.JPG',
    ]);
    expect(names(readPairList('trip\\1.jpg;2.jpg\n2.jpg\t10.JPG\nhome/1.jpg 2.jpg', PHOTOS))).toHaveLength(3);
  });

  it.each([
    ['a.jpg', /Line 1 .*does not name two photos/],
    ['2.jpg,10.JPG\n\n2.jpg,nowhere.jpg', /Line 3 .*“nowhere.jpg” is not among the chosen photos/],
    ['2.jpg,1.jpg', /Line 1 .*“1.jpg” fits trip\/1.jpg and home\/1.jpg/],
  ])('is refused with its line: %j', (list, message) => {
    expect(() => readPairList(list, PHOTOS)).toThrow(message);
  });
});
