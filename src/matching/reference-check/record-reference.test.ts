import { expect, it, vi } from 'vitest';
import { recordReference } from './record-reference.ts';

/** A worker that a test answers for. */
class Spoken {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  readonly sent: unknown[] = [];
  ended = 0;
  postMessage(message: unknown) {
    this.sent.push(message);
  }
  terminate() {
    this.ended++;
  }
}

const url = 'opfs:mine/manifest.json';
const reference = { grid: { width: 2, height: 2 }, step: 1, warp: '', certaintyLogit: '' };

function recording(signal = new AbortController().signal) {
  const worker = new Spoken();
  return { worker, answer: recordReference(url, signal, () => worker as unknown as Worker) };
}

it('what WASM computed comes back, and its worker ends', async () => {
  const { worker, answer } = recording();
  expect(worker.sent).toEqual([{ manifestUrl: url }]);
  worker.onmessage?.({ data: { reference } });
  expect(await answer).toEqual(reference);
  expect(worker.ended).toBe(1);
});

it('a model that WASM cannot run, a worker that dies and one that takes too long give none', async () => {
  const refused = recording();
  refused.worker.onmessage?.({ data: { failure: 'out of memory' } });
  const dead = recording();
  dead.worker.onerror?.({});
  vi.useFakeTimers();
  const slow = recording();
  vi.runAllTimers();
  vi.useRealTimers();
  for (const { worker, answer } of [refused, dead, slow]) {
    expect(await answer).toBeNull();
    expect(worker.ended).toBe(1);
  }
});

it('cancelling ends it at once', async () => {
  const controller = new AbortController();
  const { worker, answer } = recording(controller.signal);
  controller.abort();
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  expect(worker.ended).toBe(1);
});
