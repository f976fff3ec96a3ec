import { describe, expect, it } from 'vitest';
import { photoTitle } from './photo-title.ts';
import { pinsAsText } from '../../pages/match/state/pins-text.ts';
import type { Photo, PhotoSource } from '../types.ts';
import type { Pin } from '../../pages/match/state/types.ts';

const size = { width: 640, height: 480 };
const photo = (name: string, source: PhotoSource): Photo => ({
  name,
  source,
  url: '',
  file: new Blob(),
  info: { name, size, workingSize: size, notes: [] },
});
const photos = {
  a: { opening: null, photo: photo('a.jpg', { kind: 'address', url: 'https://x.test/s/a.jpg' }) },
  b: { opening: null, photo: photo('a.jpg', { kind: 'file' }) },
};
const samples = [
  {
    id: 's',
    title: 'Kitchen table',
    description: '',
    a: 'https://x.test/s/a.jpg',
    b: 'https://x.test/s/b.jpg',
    truth: null,
    depth: null,
    credit: '',
  },
];

describe('photoTitle', () => {
  it('is a sample’s title, else the file’s name', () => {
    expect(photoTitle({ photos, samples }, 'a')).toBe('Kitchen table');
    expect(photoTitle({ photos, samples }, 'b')).toBe('a.jpg');
    expect(photoTitle({ photos: { ...photos, b: { photo: null, opening: null } }, samples }, 'b')).toBeNull();
  });
});

describe('pinsAsText', () => {
  it('has a row of eight columns for every pin, answered or not', () => {
    const pins: Pin[] = [
      {
        id: 1,
        side: 'a',
        x: 10.504,
        y: 20,
        result: {
          from: { side: 'a', x: 10.5, y: 20 },
          to: { side: 'b', x: 30.25, y: 40 },
          certainty: 0.87654,
          cycleError: 1.5,
        },
      },
      { id: 2, side: 'b', x: 1, y: 2, result: null },
    ];
    const [comment, header, first, second] = pinsAsText({ pins, photos }).split('\n');
    expect(comment).toContain('(0.5, 0.5)');
    expect(header.split('\t')).toHaveLength(8);
    expect(first).toBe('a\t10.50\t20.00\tb\t30.25\t40.00\t0.8765\t1.500');
    expect(second.split('\t')).toEqual(['b', '1.00', '2.00', '', '', '', '', '']);
  });
});
