import { MessageChannel } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
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
  await vi.waitFor(() => expect(started.length).toBe(2));
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

test('requests that come as messages while the worker is blocked are one request', async () => {
  const done: number[] = [];
  const frames = new LatestOnly(async (request: number) => void done.push(request));
  const { port1, port2 } = new MessageChannel();
  const answered: Promise<void>[] = [];
  port2.on('message', (request: number) => answered.push(frames.run(request)));
  for (let request = 0; request < 20; request++) port1.postMessage(request);
  await vi.waitFor(() => expect(answered.length).toBe(20));
  await Promise.all(answered);
  port1.close();
  expect(done.at(-1)).toBe(19);
  expect(done.length).toBeLessThan(5);
});
