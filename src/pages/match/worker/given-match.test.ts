import { describe, expect, it } from 'vitest';
import type { DenseField, MatchResult } from '../../../core/match.ts';
import { maskOf } from '../../../core/mask.ts';
import { givenMatch } from './given-match.ts';

const PHOTOS = { a: { width: 40, height: 20 }, b: { width: 10, height: 10 } };

const OPEN = { a: { size: PHOTOS.a, mask: null }, b: { size: PHOTOS.b, mask: null } };

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
    const match = givenMatch(fields, RESULT, OPEN, null);
    expect(await match.probe('a', { x: 0, y: 0 })).toEqual({ to: { x: 0.5, y: 0.5 }, certainty: 0.75, cycle: 2 });
    expect(await match.readField('b')).toEqual({ ...fields.b, photo: PHOTOS.b });
    expect(match.gpuField()).toBeNull();
  });

  it('is swapped with all that was said of it, and swapped back', async () => {
    const match = givenMatch(fields, RESULT, OPEN, null).swapped();
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

  it('is masked anew by what was left out of its photos, and gets all of its certainty back', async () => {
    // A's left half counts; all of B.
    const left = maskOf({ width: 2, height: 1 }, [1, 0]);
    const match = await givenMatch(fields, RESULT, OPEN, null).remasked({ a: left, b: null });
    expect([...(await match.readField('a')).certainty]).toEqual([0.75, 0.75, 0, 0, 0.75, 0.75, 0, 0]);
    // B leads to (-0.5, -0.5) of A, which counts.
    expect(Math.min(...(await match.readField('b')).certainty)).toBe(0.75);
    expect((await match.probe('a', { x: 0.01, y: 0 })).certainty).toBe(0);
    // Of what counts of A all is seen: none of it is cycle-consistent at this limit, but B is.
    expect(match.result.verdict).toMatchObject({ isMasked: true, meanCertainty: { a: 0.75, b: 0.75 } });
    expect(match.swapped().result.verdict.sentence).toMatch(/Only what the masks leave counts\.$/);
    const right = maskOf({ width: 2, height: 1 }, [0, 1]);
    const other = await match.remasked({ a: right, b: null });
    expect(Math.max(...(await other.readField('b')).certainty)).toBe(0);
    const plain = await other.remasked({ a: null, b: null });
    expect(await plain.readField('a')).toEqual({ ...fields.a, photo: PHOTOS.a });
    expect(plain.result.verdict.isMasked).toBeUndefined();
  });

  it('comes masked where its share file holds masks', async () => {
    const certainty = fields.a.certainty.map((value, i) => (i % 4 < 2 ? value : 0));
    const shared = { ...fields, a: { ...fields.a, certainty, unmasked: fields.a.certainty } };
    const left = maskOf({ width: 2, height: 1 }, [1, 0]);
    const match = givenMatch(shared, RESULT, { ...OPEN, a: { size: PHOTOS.a, mask: left } }, null);
    expect(match.result).toBe(RESULT);
    expect((await match.readField('a')).certainty).toEqual(certainty);
    const plain = await match.remasked({ a: null, b: null });
    expect(Math.min(...(await plain.readField('a')).certainty)).toBe(0.75);
  });

  it('refuses arrays that do not fit their grid', () => {
    const broken = { ...fields, b: { ...fields.b, cycle: new Float32Array(8) } };
    expect(() => givenMatch(broken, RESULT, OPEN, null)).toThrow(expect.objectContaining({ code: 'share-malformed' }));
  });
});
