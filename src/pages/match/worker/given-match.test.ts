import { describe, expect, it } from 'vitest';
import type { DenseField, MatchResult } from '../../../core/match.ts';
import { givenMatch } from './given-match.ts';

const PHOTOS = { a: { width: 40, height: 20 }, b: { width: 10, height: 10 } };

/** A field that sends every place to one place. */
const field = (width: number, height: number, to: number): DenseField => ({
  grid: { width, height },
  warp: new Float32Array(2 * width * height).fill(to),
  certainty: new Float32Array(width * height).fill(0.75),
  cycle: new Float32Array(width * height).fill(2),
});

const RESULT: MatchResult = {
  modelId: 'm',
  modelName: 'M',
  provider: 'webgpu',
  inputSize: { a: PHOTOS.a, b: PHOTOS.b },
  gridSize: { a: { width: 4, height: 2 }, b: { width: 3, height: 3 } },
  timings: { decode: 5 },
  cached: { a: false, b: false },
  rescue: { tried: true, rotation: 90, scale: 2 },
  verdict: {
    kind: 'good',
    sentence: 'These photos match well: 20 % of A is seen in B, and 90 % of B in A.',
    overlap: { a: 0.2, b: 0.9 },
    meanCertainty: { a: 0.1, b: 0.8 },
    medianCycle: { a: 2, b: null },
  },
};

describe('givenMatch', () => {
  const fields = { a: field(4, 2, 0.5), b: field(3, 3, -0.5) };

  it('is probed and read like any match, without a runtime', async () => {
    const match = givenMatch(fields, RESULT, PHOTOS, null);
    expect(await match.probe('a', { x: 0, y: 0 })).toEqual({ to: { x: 0.5, y: 0.5 }, certainty: 0.75, cycle: 2 });
    expect(await match.readField('b')).toEqual({ ...fields.b, photo: PHOTOS.b });
    expect(match.gpuField()).toBeNull();
  });

  it('is swapped with all that was said of it, and swapped back', async () => {
    const match = givenMatch(fields, RESULT, PHOTOS, null).swapped();
    expect(await match.probe('a', { x: 0, y: 0 })).toMatchObject({ to: { x: -0.5, y: -0.5 } });
    expect(match.result).toMatchObject({
      gridSize: { a: { width: 3, height: 3 }, b: { width: 4, height: 2 } },
      rescue: { rotation: -90, scale: 0.5 },
      verdict: {
        sentence: 'These photos match well: 90 % of A is seen in B, and 20 % of B in A.',
        medianCycle: { a: null, b: 2 },
      },
    });
    expect(match.swapped().result).toEqual(RESULT);
  });

  it('refuses arrays that do not fit their grid', () => {
    const broken = { ...fields, b: { ...fields.b, cycle: new Float32Array(8) } };
    expect(() => givenMatch(broken, RESULT, PHOTOS, null)).toThrow(
      expect.objectContaining({ code: 'share-malformed' }),
    );
  });
});
