import { expect, it } from 'vitest';
import { CodedError } from '../../core/errors.ts';
import type { AnswerFromWorker } from './messages.ts';
import { serveCalls } from './serve-calls.ts';

interface Api {
  load(options: { words: string }): void;
}

class Handlers {
  load({ words }: { words: string }): void {
    throw words === 'coded' ? new CodedError('photo-empty', 'Empty.', 'Pick another.') : new TypeError(words);
  }
}

/** What the page hears of a call to {@link Handlers.load}. */
async function failureOf(words: string) {
  const said: AnswerFromWorker<never>[] = [];
  const scope = { postMessage: (message: AnswerFromWorker<never>) => said.push(message) };
  const served = scope as unknown as DedicatedWorkerGlobalScope;
  serveCalls<Api, never>(served, new Handlers());
  served.onmessage!.call(served, {
    data: { type: 'call', id: 1, method: 'load', argument: { words } },
  } as MessageEvent);
  await new Promise((resolve) => setTimeout(resolve));
  const failure = said.find((message) => message.type === 'failure');
  return failure?.type === 'failure' ? failure.error : null;
}

it.each([
  'Failed to fetch dynamically imported module: https://a.example/assets/fit-1234.js',
  'error loading dynamically imported module: https://a.example/assets/fit-1234.js',
  'Importing a module script failed.',
])('a part that cannot be loaded inside a worker is told as such: %s', async (words) => {
  const error = await failureOf(words);
  expect(error).toMatchObject({ code: 'part-missing', remedy: expect.stringContaining('reload the page') });
  expect(error?.message).not.toContain('a.example');
});

it('other failures keep their words', async () => {
  expect(await failureOf('coded')).toEqual({ code: 'photo-empty', message: 'Empty.', remedy: 'Pick another.' });
  expect(await failureOf('x is not a function')).toMatchObject({ code: 'internal', message: 'x is not a function' });
});
