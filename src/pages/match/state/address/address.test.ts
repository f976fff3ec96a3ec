import { describe, expect, it } from 'vitest';
import { addressOf } from './address.ts';
import { createMatchStore } from '../store.ts';
import type { Photo, PhotoSource } from '../../../../workspace/types.ts';

const BASE = 'https://site.test/app/';
const samples = [1, 2].map((i) => ({
  id: `s${i}`,
  title: '',
  description: '',
  credit: '',
  truth: null,
  depth: null,
  a: `${BASE}samples/${i}a.jpg`,
  b: `${BASE}samples/${i}b.jpg`,
}));

function slots(a: PhotoSource | null, b: PhotoSource | null) {
  const size = { width: 2, height: 2 };
  const slot = (source: PhotoSource | null) => ({
    opening: null,
    photo:
      source &&
      ({
        source,
        name: 'x',
        url: '',
        file: new Blob(),
        info: { name: 'x', size, workingSize: size, notes: [] },
      } satisfies Photo),
  });
  return { a: slot(a), b: slot(b) };
}

const at = (url: string): PhotoSource => ({ kind: 'address', url });
const of = (a: PhotoSource | null, b: PhotoSource | null) =>
  addressOf(createMatchStore({ samples, photos: slots(a, b) }).getState(), BASE);

describe('addressOf', () => {
  it('names a sample by its id, the first by nothing', () => {
    expect(of(at(samples[1].a), at(samples[1].b))).toMatchObject({ sample: 's2', photos: { a: null, b: null } });
    expect(of(at(samples[0].a), at(samples[0].b))).toMatchObject({ sample: null, photos: { a: null, b: null } });
  });

  it('gives a swapped sample as two addresses, relative to the site', () => {
    expect(of(at(samples[0].b), at(samples[0].a))).toMatchObject({
      sample: null,
      photos: { a: 'samples/1b.jpg', b: 'samples/1a.jpg' },
    });
  });

  it('keeps addresses elsewhere whole and leaves files out', () => {
    expect(of(at('https://other.test/p.jpg'), { kind: 'file' }).photos).toEqual({
      a: 'https://other.test/p.jpg',
      b: null,
    });
    expect(of(null, null).photos).toEqual({ a: null, b: null });
  });
});
