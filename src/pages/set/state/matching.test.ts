import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { CodedError } from '../../../core/errors.ts';
import type { PairOfIds, SetPairFacts } from '../contract/api.ts';
import type { SetContext } from './context.ts';
import { SetMatching } from './matching.ts';
import { initialSet, pairName, type SetState, type ShownPhoto } from './types.ts';

const facts = (geometry: SetPairFacts['geometry']): SetPairFacts => ({
  verdict: {
    kind: geometry === 'degenerate' ? 'none' : 'good',
    sentence: '',
    overlap: { a: 0.5, b: 0.5 },
    meanCertainty: { a: 0.5, b: 0.5 },
    medianCycle: { a: 1, b: 1 },
  },
  candidates: 100,
  geometry,
});

/** Three photos whose worker answers as `answer` says: a pair's facts by its name and whether it is looked at again. */
function made(answer: (name: string, rescue: boolean) => SetPairFacts) {
  const photos = ['a', 'b', 'c'].map((id) => ({ id, name: `${id}.jpg` }) as ShownPhoto);
  const store = createStore<SetState>()(() => ({ ...initialSet(), photos }));
  const asked: string[] = [];
  const reported: unknown[] = [];
  const call = async (method: string, argument: { pair: PairOfIds; pairs: PairOfIds[]; rescue: boolean }) => {
    if (method === 'known') return argument.pairs.map(() => null);
    if (method === 'assemble') {
      const geometries = argument.pairs.map(() => 'uncalibrated');
      return { tracks: 5, meanLength: 2, verifiedPairs: argument.pairs.length, keypoints: {}, geometries };
    }
    asked.push(`${argument.pair.a}${argument.pair.b}${argument.rescue ? ' again' : ''}`);
    return answer(pairName(argument.pair), argument.rescue);
  };
  const workspace = {
    gpu: { losses: { confirm: () => {} } },
    store: {
      getState: () => ({ models: [{ id: 'm', name: 'M', manifestUrl: 'm.json' }], settings: { longSide: null } }),
    },
  };
  const context = { workspace, store, link: { call, isRunning: true }, report: (one: unknown) => reported.push(one) };
  return { matching: new SetMatching(context as unknown as SetContext), store, asked, reported };
}

test('each pair is matched once, and those of a lonely photo again', async () => {
  const { matching, store, asked } = made((name, rescue) =>
    facts(name === 'a b' || rescue ? 'uncalibrated' : 'degenerate'),
  );
  await matching.plan();
  await matching.run();
  expect(asked).toEqual(['ab', 'ac', 'bc', 'ac again', 'bc again']);
  expect(store.getState()).toMatchObject({ status: 'idle', current: null, facts: { verifiedPairs: 3 } });
  // Nothing is left to do.
  await matching.run();
  expect(asked).toHaveLength(5);
});

test('a pause waits for the pair at hand, and the next run goes on', async () => {
  const { matching, store, asked } = made(() => {
    if (asked.length === 1) matching.pause();
    return facts('uncalibrated');
  });
  await matching.plan();
  await matching.run();
  expect(store.getState().status).toBe('paused');
  expect(asked).toEqual(['ab']);
  await matching.run();
  expect(asked).toEqual(['ab', 'ac', 'bc']);
  expect(store.getState().status).toBe('idle');
});

test('a pair that fails is told in its place, and the others go on; a cancelled run keeps what is done', async () => {
  const { matching, store, reported } = made((name) => {
    if (name === 'a b') throw new CodedError('photo-damaged', 'Bad.', 'Fetch it again.');
    if (name === 'b c') throw new CodedError('cancelled', 'Cancelled.');
    return facts('uncalibrated');
  });
  await matching.plan();
  await matching.run();
  expect(Object.fromEntries(Object.entries(store.getState().pairs).map(([name, { state }]) => [name, state]))).toEqual({
    'a b': 'failed',
    'a c': 'done',
  });
  expect(store.getState()).toMatchObject({ status: 'idle', facts: null });
  expect(reported).toEqual([]);
});
