import { expect, test } from 'vitest';
import { LatestOnly } from './latest-only.ts';

test('while one request runs only the newest of the others does, and answers for them', async () => {
  const started: number[] = [];
  let finish = () => {};
  const frames = new LatestOnly(async (request: number) => {
    started.push(request);
    await new Promise<void>((resolve) => (finish = resolve));
    return request;
  });
  const answers = [1, 2, 3, 4].map((request) => frames.run(request));
  expect(frames.isSuperseded).toBe(true);
  finish();
  expect(await answers[0]).toBe(1);
  await new Promise((resolve) => setTimeout(resolve));
  finish();
  expect(await Promise.all(answers)).toEqual([1, 4, 4, 4]);
  expect(started).toEqual([1, 4]);
});

test('a failure reaches those who asked, and the next request runs', async () => {
  const frames = new LatestOnly(async (request: string) => {
    if (request === 'bad') throw new Error('no');
    return request;
  });
  await expect(frames.run('bad')).rejects.toThrow('no');
  expect(await frames.run('good')).toBe('good');
});
