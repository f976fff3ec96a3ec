import { describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../core/errors.ts';
import type { AnswerFromWorker, CallToWorker } from './messages.ts';
import { overLosses } from './over-losses.ts';
import { DeviceLoss, isWorkerDeath } from './worker-client.ts';
import type { WorkerKind, WorkerOf } from './worker-kind.ts';
import { WorkerLink, type WorkerLinkOptions } from './worker-link.ts';

interface Api {
  start(options: { n: number }): string;
  double(options: { n: number }): number;
}

/** Answers at once, unless told to be silent. */
class Worker implements WorkerOf<Api, never> {
  onmessage: WorkerOf<Api, never>['onmessage'] = null;
  onerror: WorkerOf<Api, never>['onerror'] = null;
  onmessageerror: WorkerOf<Api, never>['onmessageerror'] = null;
  terminated = false;
  isSilent = false;
  refusal: CodedError | null = null;
  readonly asked: string[] = [];

  postMessage(message: CallToWorker<Api>): void {
    if (message.type !== 'call') return;
    this.asked.push(message.method);
    if (this.isSilent) return;
    const { id, method, argument } = message;
    if (method === 'start' && this.refusal) {
      const { code, message: text, remedy } = this.refusal;
      this.say({ type: 'failure', id, error: { code, message: text, remedy } });
    } else this.say({ type: 'result', id, value: method === 'double' ? 2 * argument.n : 'up' });
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: AnswerFromWorker<never>): void {
    this.onmessage?.({ data: message });
  }
}

const ON_DEMAND: WorkerKind = { code: 'tool', name: 'tool', crashRemedy: 'Again.' };
const BY_OWNER: WorkerKind = { ...ON_DEMAND, lives: 3 };

function open(kind: WorkerKind, options: Partial<WorkerLinkOptions<Api, never>> = {}) {
  const workers: Worker[] = [];
  const onEnd = vi.fn();
  const link = new WorkerLink<Api>({
    kind,
    spawn: () => {
      const worker = new Worker();
      workers.push(worker);
      queueMicrotask(() => worker.say({ type: 'ready' }));
      return worker;
    },
    prepare: async (call) => void (await call('start', { n: 0 })),
    onEnd,
    ...options,
  });
  return { link, workers, onEnd, last: () => workers.at(-1)! };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof CodedError ? error.code : 'not coded'),
  );
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('a worker that starts when it is asked', () => {
  it('is prepared before the first call, and started once', async () => {
    const { link, workers } = open(ON_DEMAND);
    expect(link.isRunning).toBe(false);
    expect(await Promise.all([link.call('double', { n: 1 }), link.call('double', { n: 2 })])).toEqual([2, 4]);
    expect(workers).toHaveLength(1);
    expect(workers[0].asked).toEqual(['start', 'double', 'double']);
  });

  it('takes its calls along when it dies, tells once, and starts again with the next call', async () => {
    const { link, workers, onEnd, last } = open(ON_DEMAND);
    await link.call('double', { n: 1 });
    last().isSilent = true;
    const calls = [code(link.call('double', { n: 2 })), code(link.call('double', { n: 3 }))];
    last().onerror?.({ message: 'boom' });
    expect(await Promise.all(calls)).toEqual(['tool-crashed', 'tool-crashed']);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect(onEnd.mock.calls[0][0]).toMatchObject({ code: 'tool-crashed', remedy: 'Again.' });
    expect(isWorkerDeath(onEnd.mock.calls[0][0])).toBe(true);
    for (let i = 0; i < 5; i++) {
      expect(await link.call('double', { n: i })).toBe(2 * i);
      last().onerror?.({ message: 'boom' });
    }
    expect(workers).toHaveLength(6);
    expect(link.isGivenUp).toBe(false);
  });

  it('that dies before it is up rejects the calls that wait for it', async () => {
    const { link, last } = open(ON_DEMAND, { prepare: () => new Promise(() => undefined) });
    const call = code(link.call('double', { n: 1 }));
    last().onerror?.({});
    expect(await call).toBe('tool-start');
  });

  it('that cannot be prepared ends with the reason; the next call tries again', async () => {
    const { link, workers, onEnd } = open(ON_DEMAND);
    const call = code(link.call('double', { n: 1 }));
    workers[0].refusal = new CodedError('no-gpu', 'None.');
    expect(await call).toBe('no-gpu');
    expect(workers[0].terminated).toBe(true);
    expect(onEnd.mock.calls).toMatchObject([[{ code: 'no-gpu' }]]);
    expect(await link.call('double', { n: 1 })).toBe(2);
  });

  it('that the page ends cancels its calls, also those that wait', async () => {
    const { link, workers, onEnd, last } = open(ON_DEMAND);
    const waiting = code(link.call('double', { n: 1 }));
    link.end();
    expect(await waiting).toBe('cancelled');
    expect(onEnd.mock.calls).toEqual([[null]]);
    link.end();
    expect(onEnd).toHaveBeenCalledTimes(1);
    const client = await link.connect();
    expect(link.isPresent(client)).toBe(true);
    last().say({ type: 'device-lost', reason: 'destroyed' });
    expect(link.isPresent(client)).toBe(false);
    expect(onEnd.mock.calls[1][0]).toMatchObject({
      code: 'tool-crashed',
      message: expect.stringContaining('destroyed'),
    });
    expect(workers).toHaveLength(2);
  });
});

describe('a worker that its owner starts', () => {
  it('is waited for, over deaths', async () => {
    const { link, workers, last } = open(BY_OWNER);
    const call = link.call('double', { n: 4 });
    await settle();
    expect(workers).toHaveLength(0);
    link.start();
    expect(await call).toBe(8);
    last().onerror?.({ message: 'boom' });
    const after = link.call('double', { n: 5 });
    await settle();
    expect(workers).toHaveLength(1);
    link.start();
    expect(await after).toBe(10);
  });

  it('is given up after as many deaths as it has lives with nothing achieved between, until the person wants it', async () => {
    const { link, last } = open(BY_OWNER);
    const dieOnce = async () => {
      link.start();
      await link.connect();
      last().onerror?.({ message: 'boom' });
    };
    for (let i = 0; i < 2; i++) await dieOnce();
    link.confirm();
    for (let i = 0; i < 2; i++) await dieOnce();
    expect(link.isGivenUp).toBe(false);
    await dieOnce();
    expect(link.isGivenUp).toBe(true);
    expect(await code(link.call('double', { n: 1 }))).toBe('tool-stopped');
    link.retry();
    const call = link.call('double', { n: 1 });
    link.start();
    expect(await call).toBe(2);
  });

  it('is not given up for what its next life does without', async () => {
    let losses = 0;
    const { link, last } = open(BY_OWNER, { absolve: (death) => death instanceof DeviceLoss && ++losses === 2 });
    const waiting = link.call('double', { n: 3 });
    for (let i = 0; i < 2; i++) {
      link.start();
      last().say({ type: 'device-lost', reason: 'gone.' });
      expect(link.isGivenUp).toBe(false);
    }
    // Nothing of the past counts.
    link.start();
    last().onerror?.({});
    expect(link.isGivenUp).toBe(false);
    link.start();
    expect(await waiting).toBe(6);
  });

  it('is asked again over losses of its device, and over nothing else', async () => {
    const { link, last } = open(ON_DEMAND);
    await link.connect();
    last().isSilent = true;
    let tries = 0;
    const call = overLosses(() => {
      tries++;
      return link.call('double', { n: 4 });
    });
    await settle();
    last().say({ type: 'device-lost', reason: '' });
    expect(await call).toBe(8);
    expect(tries).toBe(2);
    last().isSilent = true;
    const other = code(overLosses(() => link.call('double', { n: 4 })));
    await settle();
    last().onerror?.({});
    expect(await other).toBe('tool-crashed');
  });

  it('is given up after two failed starts, and at once where it refuses what it is given', async () => {
    const failing = open(BY_OWNER);
    for (let i = 0; i < 2; i++) {
      failing.link.start();
      failing.last().onerror?.({});
    }
    expect(failing.link.isGivenUp).toBe(true);
    const refusing = open(BY_OWNER);
    const waiting = code(refusing.link.call('double', { n: 1 }));
    refusing.link.start();
    refusing.last().refusal = new CodedError('no-canvas', 'None.');
    expect(await waiting).toBe('tool-stopped');
    expect(refusing.onEnd.mock.calls).toMatchObject([[{ code: 'no-canvas' }]]);
  });

  it('begins its life with the code that was loaded before, unless that has died', async () => {
    const { link, workers, last, onEnd } = open(BY_OWNER);
    link.preload();
    link.preload();
    await settle();
    expect(workers).toHaveLength(1);
    expect(workers[0].asked).toEqual([]);
    link.start();
    expect(await link.call('double', { n: 3 })).toBe(6);
    expect(workers).toHaveLength(1);
    link.preload();
    expect(workers).toHaveLength(1);
    link.end();
    link.preload();
    last().onerror?.({ message: 'not found' });
    expect(onEnd.mock.calls).toEqual([[null]]);
    link.start();
    expect(await link.call('double', { n: 4 })).toBe(8);
    expect(workers).toHaveLength(3);
    link.end();
    link.preload();
    link.dispose();
    expect(last().terminated).toBe(true);
  });

  it('that is started anew leaves the one before without an end', async () => {
    const { link, workers, onEnd } = open(BY_OWNER);
    link.start();
    await link.connect();
    link.start();
    expect(workers[0].terminated).toBe(true);
    expect(onEnd).not.toHaveBeenCalled();
    expect(await link.call('double', { n: 3 })).toBe(6);
  });
});
