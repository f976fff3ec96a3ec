import { describe, expect, it } from 'vitest';
import { parseShareManifest } from './share-manifest.ts';

const SIDES = { a: 0.5, b: 0.5 };
const SIZES = { a: { width: 4, height: 3 }, b: { width: 4, height: 3 } };
const PHOTO = { name: 'a.jpg', type: 'image/jpeg', file: 'photos/a.jpg' };
const RESULT = {
  modelId: 'm',
  modelName: 'M',
  provider: 'wasm',
  inputSize: SIZES,
  gridSize: SIZES,
  timings: { upload: 3, unheardOf: 'x' },
  cached: { a: true, b: true },
  rescue: { rotation: 90, scale: 1 },
  verdict: { kind: 'good', sentence: 'Well.', overlap: SIDES, meanCertainty: SIDES, medianCycle: { a: null, b: 1 } },
};
const MANIFEST = {
  format: 'liftmatch-share',
  version: 1,
  photos: { a: PHOTO, b: PHOTO },
  query: 'view=flow',
  result: RESULT,
  more: 'x',
};
const parse = (manifest: object) => parseShareManifest(JSON.stringify(manifest));

describe('share.json', () => {
  it('is read field by field: what is not known is left out, nothing counts as cached', () => {
    const { result, ...others } = parse(MANIFEST);
    expect(others).toEqual({
      format: 'liftmatch-share',
      version: 1,
      photos: MANIFEST.photos,
      query: 'view=flow',
    });
    expect(result.cached).toEqual({ a: false, b: false });
    expect(result.rescue).toEqual({ tried: false, rotation: 90, scale: 1 });
    expect(Object.keys(result.timings)).not.toContain('unheardOf');
    expect(result.verdict.medianCycle).toEqual({ a: null, b: 1 });
  });

  it.each([
    [{ ...MANIFEST, query: 7 }, 'share.json: query is not a text.'],
    [{ ...MANIFEST, query: 'x'.repeat(5000) }, 'share.json: query is too long a text.'],
    [{ ...MANIFEST, photos: { a: PHOTO } }, 'share.json: photos: b is not an object.'],
    [{ ...MANIFEST, result: { ...RESULT, provider: 'cloud' } }, 'result: provider is not one of webgpu, wasm.'],
    [
      { ...MANIFEST, result: { ...RESULT, gridSize: { ...SIZES, b: { width: 0, height: 2 } } } },
      'share.json: result: gridSize: b: width is not a number of at least 1.',
    ],
    [{ ...MANIFEST, format: 'zip' }, 'share.json does not name the format.'],
  ])('names what is wrong, by its path (%#)', (manifest, message) => {
    expect(() => parse(manifest)).toThrow(message);
  });
});
