import { expect, it } from 'vitest';
import type { Photo } from '../../../workspace/types.ts';
import { MODEL, RESULT } from './fake-engine.ts';
import { finerInput } from './finer-input.ts';
import { createMatchStore } from './store.ts';
import type { MatchState } from './types.ts';

function state(side: number, patch: Partial<MatchState> = {}): MatchState {
  const size = { width: Math.round(0.7 * side), height: side };
  const info = { name: '', size, workingSize: size, notes: [] };
  const photo: Photo = { file: new Blob(), name: '', source: { kind: 'file' }, info, url: '' };
  const slot = { photo, opening: null };
  const input = { width: 320, height: 448 };
  const result = {
    ...RESULT,
    inputSize: { a: input, b: input },
    timings: { preprocess: 10, 'encode-a': 50, 'encode-b': 50, decode: 390 },
    verdict: { ...RESULT.verdict, kind: 'partial' as const, overlap: { a: 0.2, b: 0.1 } },
  };
  const models = [{ ...MODEL, weights: '' }] as unknown as MatchState['models'];
  return createMatchStore({ photos: { a: slot, b: slot }, models, result, ...patch }).getState();
}

it('offers the largest useful input with its ratio and time where little of large photos was found', () => {
  const page = finerInput(state(1754))!;
  expect(page.longSide).toBe(1024);
  expect(page.ratio).toBeCloseTo(3.915, 2);
  expect(page.milliseconds).toBeCloseTo(500 * (1024 / 448) ** 2, 6);
  // No larger than the photos.
  expect(finerInput(state(930))?.longSide).toBe(928);
});

it('offers nothing where photos are small, a size was chosen, much was found, or a match runs', () => {
  const given = state(1754);
  expect(finerInput(state(800))).toBeNull();
  expect(finerInput({ ...given, settings: { ...given.settings, longSide: 560 } })).toBeNull();
  expect(finerInput({ ...given, result: RESULT })).toBeNull();
  expect(finerInput({ ...given, job: { stage: null, progress: null, soFar: null } })).toBeNull();
  expect(finerInput({ ...given, result: null })).toBeNull();
});

it('says no time where a part of the last look came from a cache', () => {
  const given = state(1754);
  const { 'encode-a': _, ...timings } = given.result!.timings;
  expect(finerInput({ ...given, result: { ...given.result!, timings } })?.milliseconds).toBeNull();
});
