import { describe, expect, it } from 'vitest';
import type { Photo } from '../../../workspace/types.ts';
import { formatCompareOptions, parseCompareOptions } from './address.ts';
import { type CompareState, DEFAULT_POINT } from './types.ts';
import { DEFAULT_COMPARE } from '../params.ts';

const BASE = 'https://site.test/app/';
const EMPTY = { photo: null, opening: null };
const photoAt = (url: string) => ({ photo: { source: { kind: 'address', url } } as Photo, opening: null });
type Linked = Pick<CompareState, 'settings' | 'point' | 'extra'>;
const DEFAULT: Linked = { settings: DEFAULT_COMPARE, point: DEFAULT_POINT, extra: { c: EMPTY, d: EMPTY } };

describe('the link of a comparison', () => {
  it('says nothing where everything is default', () => {
    expect(formatCompareOptions(DEFAULT, BASE)).toEqual({});
    expect(parseCompareOptions({})).toEqual({ settings: DEFAULT_COMPARE, point: DEFAULT_POINT, extra: {} });
  });

  it('brings everything back', () => {
    const state: Linked = {
      settings: {
        page: 'similarity',
        encoders: ['embedded/f16', 'classical'],
        longSide: 672,
        fit: 'per-photo',
        align: false,
        mask: 'high',
        clusters: 12,
        seed: 7,
        temperature: 0.12,
        bestPlaces: 5,
        exclusion: 4,
        maxRatio: 0.85,
        lines: 250,
        protocol: 'probe3d-navi',
        between: ['b', 'd'],
        opacity: 0.6,
        upsampling: 'bilinear',
        showsGrid: true,
        camera: { x: 0.4, y: 0.55, scale: 2.5 },
      },
      point: { slot: 'c', x: 0.25, y: 0.125 },
      extra: { c: photoAt(`${BASE}samples/x.jpg`), d: photoAt('https://other.test/y.jpg') },
    };
    const options = formatCompareOptions(state, BASE);
    expect(Object.keys(options).every((name) => name.startsWith('compare.'))).toBe(true);
    expect(parseCompareOptions(options)).toEqual({
      settings: state.settings,
      point: state.point,
      extra: { c: 'samples/x.jpg', d: 'https://other.test/y.jpg' },
    });
  });

  it('keeps ranges, and takes what it does not understand as not given', () => {
    const { settings, point } = parseCompareOptions({
      'compare.size': '9000',
      'compare.k': '1',
      'compare.tab': '__proto__',
      'compare.between': 'aa',
      'compare.camera': '1,2',
      'compare.align': 'maybe',
      'compare.point': 'z0.1,0.2',
      'compare.temperature': 'warm',
      'compare.encoders': 'a,b,c,d,e,a',
      'other.k': '9',
    });
    expect(settings).toEqual({ ...DEFAULT_COMPARE, longSide: 1036, clusters: 2, encoders: ['a', 'b', 'c', 'd'] });
    expect(point).toEqual(DEFAULT_POINT);
  });
});
