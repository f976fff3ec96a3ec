import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../../core/errors.ts';
import type { Progress } from '../../../core/match.ts';
import { WorkerClient } from '../../../platform/worker/worker-client.ts';
import type { EngineApi } from '../contract/protocol.ts';
import { ENGINE } from './engine.ts';
import { FakeWorker } from './fake-worker.ts';

function start(readyTimeout?: number) {
  const worker = new FakeWorker();
  const onDeath = vi.fn();
  const client = new WorkerClient<EngineApi, Progress>(worker, { kind: ENGINE, onDeath, readyTimeout });
  return { worker, onDeath, client };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof CodedError ? error.code : 'not coded'),
  );

describe('a life of the engine', () => {
  it('holds calls back until the worker is ready, then sends them in order', async () => {
    const { worker, client } = start();
    const first = client.call('diagnostics', {});
    const second = client.call('swap', {});
    expect(worker.sent).toEqual([]);
    worker.reply({ type: 'ready' });
    expect(worker.sent.map((message) => message.type === 'call' && message.method)).toEqual(['diagnostics', 'swap']);
    worker.reply({ type: 'result', id: 2, value: null });
    worker.reply({ type: 'result', id: 1, value: { mapAsyncCalls: 3 } });
    expect(await first).toEqual({ mapAsyncCalls: 3 });
    expect(await second).toBeNull();
  });

  it('turns a failure into a CodedError with code, message and remedy', async () => {
    const { worker, client } = start();
    worker.reply({ type: 'ready' });
    const call = client.call('clearPhoto', { side: 'a' });
    worker.reply({
      type: 'failure',
      id: 1,
      error: { code: 'photo-empty', message: 'Empty.', remedy: 'Pick another.' },
    });
    await expect(call).rejects.toMatchObject({ code: 'photo-empty', message: 'Empty.', remedy: 'Pick another.' });
  });

  it('hands progress to its own call only', async () => {
    const { worker, client } = start();
    worker.reply({ type: 'ready' });
    const seen: Progress[] = [];
    const call = client.call('swap', {}, { onProgress: (progress) => seen.push(progress) });
    worker.reply({ type: 'progress', id: 99, progress: { stage: 'draw', fraction: null } });
    worker.reply({ type: 'progress', id: 1, progress: { stage: 'decode', fraction: 0.5 } });
    worker.reply({ type: 'result', id: 1, value: null });
    await call;
    expect(seen).toEqual([{ stage: 'decode', fraction: 0.5 }]);
  });

  it('cancels: rejects at once, tells the worker, drops the late answer', async () => {
    const { worker, client } = start();
    worker.reply({ type: 'ready' });
    const controller = new AbortController();
    const call = client.call('swap', {}, { signal: controller.signal });
    controller.abort();
    expect(await code(call)).toBe('cancelled');
    expect(worker.sent.at(-1)).toEqual({ type: 'cancel', id: 1 });
    worker.reply({ type: 'result', id: 1, value: null });
  });

  it('never sends a call that was cancelled before it could leave', async () => {
    const { worker, client } = start();
    expect(await code(client.call('swap', {}, { signal: AbortSignal.abort() }))).toBe('cancelled');
    const controller = new AbortController();
    const waiting = client.call('swap', {}, { signal: controller.signal });
    controller.abort();
    expect(await code(waiting)).toBe('cancelled');
    worker.reply({ type: 'ready' });
    expect(worker.sent).toEqual([]);
  });

  it('does not cancel in the worker what has already been answered', async () => {
    const { worker, client } = start();
    worker.reply({ type: 'ready' });
    const controller = new AbortController();
    const call = client.call('swap', {}, { signal: controller.signal });
    worker.reply({ type: 'result', id: 1, value: null });
    await call;
    controller.abort();
    expect(worker.sent).toHaveLength(1);
  });

  it.each([
    ['error event', (worker: FakeWorker) => worker.onerror?.({ message: 'boom' }), 'engine-crashed'],
    ['messageerror', (worker: FakeWorker) => worker.onmessageerror?.(), 'engine-crashed'],
  ])('dies on %s: rejects every open call, ends the worker, reports once', async (_name, kill, expected) => {
    const { worker, client, onDeath } = start();
    worker.reply({ type: 'ready' });
    const open = [code(client.call('swap', {})), code(client.call('diagnostics', {}))];
    kill(worker);
    kill(worker);
    expect(await Promise.all(open)).toEqual([expected, expected]);
    expect(worker.terminated).toBe(true);
    expect(onDeath).toHaveBeenCalledTimes(1);
    expect(await code(client.call('swap', {}))).toBe(expected);
  });

  it('tells failing to start from crashing', async () => {
    const { worker, client, onDeath } = start();
    const call = code(client.call('swap', {}));
    worker.onerror?.({});
    expect(await call).toBe('engine-start');
    expect(onDeath.mock.calls[0][0].code).toBe('engine-start');
  });

  it('cancels open calls when disposed, without reporting a death', async () => {
    const { worker, client, onDeath } = start();
    worker.reply({ type: 'ready' });
    const call = code(client.call('swap', {}));
    client.dispose();
    expect(await call).toBe('cancelled');
    expect(worker.terminated).toBe(true);
    expect(onDeath).not.toHaveBeenCalled();
  });

  it('dies of a lost device: calls are rejected with that, and the reason is told', async () => {
    const { worker, client, onDeath } = start();
    worker.reply({ type: 'ready' });
    const call = code(client.call('swap', {}));
    worker.reply({ type: 'device-lost', reason: 'destroyed' });
    expect(await call).toBe('device-lost');
    expect(worker.terminated).toBe(true);
    expect(onDeath).toHaveBeenCalledTimes(1);
    expect(onDeath.mock.calls[0][0].message).toContain('destroyed');
  });

  it('reports an argument that cannot be cloned as the failure of that call', async () => {
    const { worker, client, onDeath } = start();
    worker.reply({ type: 'ready' });
    worker.refuse = new DOMException('not cloneable', 'DataCloneError');
    expect(await code(client.call('swap', {}))).toBe('engine-call');
    expect(onDeath).not.toHaveBeenCalled();
  });
});

describe('its start timeout', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives a worker up that never says ready', async () => {
    const { worker, client, onDeath } = start(5000);
    const call = code(client.call('swap', {}));
    vi.advanceTimersByTime(4999);
    expect(worker.terminated).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await call).toBe('engine-start-timeout');
    expect(onDeath).toHaveBeenCalledTimes(1);
  });

  it('leaves a worker alone that is ready but slow', () => {
    const { worker, onDeath } = start(5000);
    worker.reply({ type: 'ready' });
    vi.advanceTimersByTime(60_000);
    expect(onDeath).not.toHaveBeenCalled();
  });
});
