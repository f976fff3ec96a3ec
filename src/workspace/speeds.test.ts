import { describe, expect, it } from 'vitest';
import type { MatchResult } from '../core/match.ts';
import { countMatches, keepSpeeds, keptSpeeds, type MeasuredSpeeds, usualTime, withMatch } from './speeds.ts';

const result = (decode: number, more: Partial<MatchResult> = {}): MatchResult =>
  ({
    modelId: 'm',
    provider: 'wasm',
    inputSize: { a: { width: 448, height: 336 }, b: { width: 320, height: 448 } },
    timings: { preprocess: 10, 'encode-a': 100, 'encode-b': 100, decode, rescue: 9000, draw: 5 },
    cached: { a: false, b: false },
    ...more,
  }) as MatchResult;

const speedsOf = (...results: MatchResult[]) => results.reduce<MeasuredSpeeds>(withMatch, {});

describe('speeds of models on this machine', () => {
  it('are the median of the last five fresh pairs, one look each', () => {
    expect(speedsOf(result(290))).toEqual({ m: { provider: 'wasm', longSide: 448, runs: [500] } });
    const all = speedsOf(...[9000, 290, 300, 310, 320, 330].map((decode) => result(decode)));
    expect(all.m.runs).toEqual([500, 510, 520, 530, 540]);
    expect(usualTime(all.m)).toBe(520);
    expect(usualTime({ ...all.m, runs: [1, 2] })).toBe(1.5);
  });

  it('are not told from a match that came with its sample or whose features were there', () => {
    const fresh = speedsOf(result(290));
    for (const more of [
      { isRecorded: true },
      { cached: { a: true, b: false } },
      { timings: { preprocess: 1, 'encode-a': 2 } },
    ] as Partial<MatchResult>[]) {
      expect(withMatch(fresh, result(1, more))).toBe(fresh);
    }
  });

  it('begin anew with another provider or size', () => {
    const size = { a: { width: 640, height: 480 }, b: { width: 640, height: 480 } };
    expect(speedsOf(result(290), result(90, { provider: 'webgpu' })).m).toEqual({
      provider: 'webgpu',
      longSide: 448,
      runs: [300],
    });
    expect(speedsOf(result(290), result(490, { inputSize: size })).m).toEqual({
      provider: 'wasm',
      longSide: 640,
      runs: [700],
    });
  });

  it('count every match once, after what was kept', () => {
    let text = '';
    const storage = () =>
      ({ getItem: () => text, setItem: (_: string, value: string) => (text = value) }) as unknown as Storage;
    const [first, second] = [result(290), result(390)];
    const once = countMatches({}, [first], storage);
    expect(countMatches(once, [first], storage)).toEqual(once);
    expect(countMatches({}, [second], storage).m.runs).toEqual([500, 600]);
    const forbidden = () => {
      throw new Error('forbidden');
    };
    expect(countMatches(once, [second], forbidden)).toEqual(once);
  });

  it('are kept between visits, and survive a storage that is forbidden or holds something else', () => {
    let text = '';
    const storage = {
      getItem: () => text,
      setItem: (_: string, value: string) => (text = value),
    } as unknown as Storage;
    const speeds = speedsOf(result(290));
    keepSpeeds(storage, speeds);
    expect(keptSpeeds(storage)).toEqual(speeds);
    for (const damaged of [
      '',
      '7',
      'null',
      '{"m":null}',
      '{"m":{"provider":"wasm","longSide":1,"runs":[]}}',
      '[{"a":1}]',
    ]) {
      text = damaged;
      expect(keptSpeeds(storage)).toEqual({});
    }
    const forbidden = {
      getItem: () => {
        throw new Error('forbidden');
      },
    } as unknown as Storage;
    expect(keptSpeeds(forbidden)).toEqual({});
    expect(() => keepSpeeds(forbidden, speeds)).not.toThrow();
    expect(keptSpeeds(null)).toEqual({});
  });
});
