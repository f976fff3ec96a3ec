import { describe, expect, it } from 'vitest';
import { COMPARE_MODES } from '../../contract/view.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { DEFAULT_EXPORT_SETTINGS } from '../../params/export.ts';
import { VIEWS } from '../../views/index.ts';
import { COLOR_MAPS } from '../../../../core/colors/color-maps.ts';
import { DEFAULT_CAMERA } from '../../../../core/viewer/zoom.ts';
import { DEFAULT_SETTINGS } from '../../../../workspace/store.ts';
import { MAX_LINKED_PINS } from '../types.ts';
import * as url from './url.ts';
import { formatAddress } from './url.ts';
import type { AddressState } from './url.ts';

const DEFAULT: AddressState = {
  page: 'match',
  pageOptions: {},
  view: DEFAULT_VIEW,
  settings: DEFAULT_SETTINGS,
  exports: DEFAULT_EXPORT_SETTINGS,
  sample: null,
  photos: { a: null, b: null },
  pins: [],
};

const PAGES = ['match', 'compare', 'lift'];
const parseAddress = (search: string) => url.parseAddress(search, PAGES);
const there = (state: AddressState) => parseAddress('?' + formatAddress(state));

describe('address', () => {
  it('says nothing where everything is default', () => {
    expect(formatAddress(DEFAULT)).toBe('');
    expect(parseAddress('')).toEqual(DEFAULT);
  });

  it('brings everything back', () => {
    const state: AddressState = {
      page: 'compare',
      pageOptions: { 'compare.tab': 'clusters', 'compare.encoders': 'prototype/f16,classical' },
      view: {
        view: 'compare',
        threshold: 0.125,
        cycleLimit: 7.5,
        opacity: 0.4,
        background: 'black',
        colorMap: 'magma',
        count: 2500,
        seed: 12345,
        matchStyle: 'points',
        colorBy: 'certainty',
        compareMode: 'morph',
        compareBy: 'panorama',
        amount: 0.25,
        checkerSize: 0.05,
        flowScale: 0.2,
        flyAt: 0.25,
        flyYaw: 12.5,
        flyPitch: -3,
        flyBy: 'depthsplat-small-fp32',
        flyScale: 1.4,
        flyDepth: 'estimate',
        flyRefine: true,
        cycleScale: 0.01,
        camera: { x: 0.25, y: 0.625, scale: 3.5 },
      },
      settings: { modelId: 'l2m', provider: 'wasm', longSide: 448, rescue: false },
      exports: {
        format: 'animation',
        side: 'b',
        flowSize: 'photo',
        scale: 4,
        legend: false,
        count: 2500,
        firstPixel: '0',
        picture: 'panorama',
        encoding: 'jpeg',
        motion: 'swipe',
        animation: 'webm',
        longSide: 720,
        fps: 24,
        seconds: 1.5,
        loops: 3,
      },
      sample: 'garden path',
      photos: { a: 'https://example.org/a b.jpg?x=1&y=2#z', b: 'samples/ö.png' },
      pins: [
        { side: 'a', x: 12.5, y: 700 },
        { side: 'b', x: 0.5, y: 0.5 },
      ],
    };
    expect(there(state)).toEqual(state);
  });

  it.each([...VIEWS])('keeps the view %s', (view) => {
    expect(there({ ...DEFAULT, view: { ...DEFAULT_VIEW, view } }).view.view).toBe(view);
  });

  it('keeps every colour map and compare mode', () => {
    for (const colorMap of COLOR_MAPS) {
      for (const compareMode of COMPARE_MODES) {
        const view = { ...DEFAULT_VIEW, colorMap, compareMode };
        expect(there({ ...DEFAULT, view }).view).toEqual(view);
      }
    }
  });

  it('stays readable', () => {
    const state = {
      ...DEFAULT,
      photos: { a: 'https://example.org/a.jpg', b: null },
      pins: [{ side: 'a' as const, x: 1, y: 2 }],
    };
    expect(formatAddress(state)).toBe('a=https://example.org/a.jpg&pins=a1,2');
  });

  it('leaves too many pins out rather than some of them', () => {
    const pins = Array.from({ length: MAX_LINKED_PINS + 1 }, (_, i) => ({ side: 'a' as const, x: i, y: i }));
    expect(formatAddress({ ...DEFAULT, pins })).toBe('');
    expect(there({ ...DEFAULT, pins: pins.slice(1) }).pins).toHaveLength(MAX_LINKED_PINS);
  });
});

describe('address from elsewhere', () => {
  it.each([
    'view=nonsense',
    'threshold=abc',
    'threshold=',
    'threshold=NaN',
    'count=Infinity',
    'count=1,2',
    'style=<script>',
    'ep=cuda',
    'size=huge',
    'camera=1,2',
    'camera=a,b,c',
    'camera=,,',
    'pins=c1,2;a;a1;a1,2,3;ax,y;a-1,5',
    'rescue=maybe',
    'view=__proto__&threshold=constructor',
    'model=',
    `a=${'x'.repeat(5000)}`,
    '%E0%A4%A',
    '&&&==&=',
  ])('falls back on %s', (search) => {
    expect(parseAddress(`?${search}`)).toEqual(DEFAULT);
  });

  it('clamps numbers to their ranges', () => {
    const { view, settings } = parseAddress('?threshold=7&opacity=-1&count=3&seed=-5&amount=9&size=1&camera=-4,2,1000');
    expect(view).toMatchObject({ threshold: 1, opacity: 0, count: 10, seed: 0, amount: 1 });
    expect(view.camera.scale).toBe(32);
    expect(view.camera.x).toBeCloseTo(0.5 / 32, 9);
    expect(view.camera.y).toBeCloseTo(1 - 0.5 / 32, 9);
    expect(settings.longSide).toBe(64);
  });

  it('a page’s bare name says what it opens, and shows it, unless the match has a setting of that name', () => {
    const pages = ['match', 'compare', 'scene'];
    const opened = url.parseAddress('?scene=https://example.org/a.spz&scene.fov=40', pages);
    expect(opened.page).toBe('scene');
    expect(opened.pageOptions).toEqual({ scene: 'https://example.org/a.spz', 'scene.fov': '40' });
    expect(formatAddress(opened)).toBe('page=scene&scene=https://example.org/a.spz&scene.fov=40');
    const morph = url.parseAddress('?compare=morph', pages);
    expect(morph).toMatchObject({ page: 'match', pageOptions: {}, view: { compareMode: 'morph' } });
  });

  it('keeps options of the page that it opens, and of no other', () => {
    const pageOptions = { 'compare.tab': 'scores', 'match.x': '1' };
    expect(there({ ...DEFAULT, page: 'compare', pageOptions }).pageOptions).toEqual({ 'compare.tab': 'scores' });
    expect(formatAddress({ ...DEFAULT, pageOptions })).toBe('');
    expect(parseAddress('?other.tab=1&comparetab=2').pageOptions).toEqual({});
  });

  it('never shows a fitted photo off centre', () => {
    expect(parseAddress('?camera=0.1,0.9,1').view.camera).toEqual(DEFAULT_CAMERA);
  });

  it('keeps whole numbers whole', () => {
    const { view, settings } = parseAddress('?count=123.7&seed=1.2&size=333.3');
    expect(view.count).toBe(124);
    expect(view.seed).toBe(1);
    expect(settings.longSide).toBe(333);
  });
});
