import { CodedError, fromPlainError } from '../shared/errors.ts';
import type { EngineApi, EngineMethod, FromWorker, Progress, ToWorker } from '../shared/protocol.ts';
import { transferables } from './transferables.ts';
import type { WorkerLike } from './worker-like.ts';

export interface CallOptions {
  /** Aborting rejects the call with the code `cancelled` at once and tells the worker to stop. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface EngineClientOptions {
  /** Called once, when the worker has died or never came up. Every open call has been rejected by then. */
  onDeath: (error: CodedError) => void;
  /** The GPU device is gone; the worker still runs. */
  onDeviceLost: (reason: string) => void;
  /** How long the worker's code may take to load and say `ready`, milliseconds. */
  readyTimeout?: number;
}

interface OpenCall {
  resolve: (value: unknown) => void;
  reject: (error: CodedError) => void;
  onProgress?: (progress: Progress) => void;
  /** Takes the abort listener away. */
  release: () => void;
}

const READY_TIMEOUT = 60_000;

/**
 * The engine as the page sees it: typed calls over messages to one worker. A client lives as long as its worker;
 * after a death the owner makes a new worker, a new canvas and a new client.
 */
export class EngineClient {
  private readonly calls = new Map<number, OpenCall>();
  private readonly waiting: (() => void)[] = [];
  private readonly readyTimer: ReturnType<typeof setTimeout>;
  private nextId = 1;
  private isReady = false;
  private death: CodedError | null = null;

  constructor(
    private readonly worker: WorkerLike,
    private readonly options: EngineClientOptions,
  ) {
    const timeout = options.readyTimeout ?? READY_TIMEOUT;
    this.readyTimer = setTimeout(() => this.die(startTimeout(timeout)), timeout);
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.die(this.isReady ? crashed(event.message) : failedToStart(event.message));
    };
    worker.onmessageerror = () => this.die(crashed('a message could not be read'));
  }

  /**
   * Calls `method` in the worker. Calls made before the worker is ready wait for it.
   * Rejects with a CodedError: the worker's own, `cancelled`, or the worker's death.
   */
  call<M extends EngineMethod>(
    method: M,
    argument: Parameters<EngineApi[M]>[0],
    { signal, onProgress }: CallOptions = {},
  ): Promise<ReturnType<EngineApi[M]>> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      if (this.death) return reject(this.death);
      if (signal?.aborted) return reject(cancelled());
      const cancel = () => {
        this.calls.delete(id);
        if (this.isReady) this.post({ type: 'cancel', id });
        reject(cancelled());
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.calls.set(id, {
        resolve: (value) => resolve(value as ReturnType<EngineApi[M]>),
        reject,
        onProgress,
        release: () => signal?.removeEventListener('abort', cancel),
      });
      this.whenReady(() => {
        // Cancelled while waiting: the worker never hears of it.
        if (!this.calls.has(id)) return;
        try {
          this.post({ type: 'call', id, method, argument } as ToWorker, transferables(argument));
        } catch (thrown) {
          this.settle(id, (call) => call.reject(notSent(method, thrown)));
        }
      });
    });
  }

  /** Ends the worker; open calls are cancelled. Idempotent. */
  dispose(): void {
    if (!this.death) this.end(cancelled());
  }

  private receive(message: FromWorker): void {
    if (this.death) return;
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        clearTimeout(this.readyTimer);
        for (const send of this.waiting.splice(0)) send();
        break;
      case 'result':
        this.settle(message.id, (call) => call.resolve(message.value));
        break;
      case 'failure':
        this.settle(message.id, (call) => call.reject(fromPlainError(message.error)));
        break;
      case 'progress':
        this.calls.get(message.id)?.onProgress?.(message.progress);
        break;
      case 'device-lost':
        this.options.onDeviceLost(message.reason);
        break;
    }
  }

  private whenReady(send: () => void): void {
    if (this.isReady) send();
    else this.waiting.push(send);
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  /** An id that is no longer open belongs to a cancelled call: its answer is dropped. */
  private settle(id: number, finish: (call: OpenCall) => void): void {
    const call = this.calls.get(id);
    if (!call) return;
    this.calls.delete(id);
    call.release();
    finish(call);
  }

  private die(error: CodedError): void {
    if (this.death) return;
    this.end(error);
    this.options.onDeath(error);
  }

  private end(error: CodedError): void {
    this.death = error;
    clearTimeout(this.readyTimer);
    this.worker.onmessage = this.worker.onerror = this.worker.onmessageerror = null;
    this.worker.terminate();
    this.waiting.length = 0;
    for (const id of [...this.calls.keys()]) this.settle(id, (call) => call.reject(error));
  }
}

const cancelled = () => new CodedError('cancelled', 'Cancelled.');

const crashed = (detail?: string) =>
  new CodedError(
    'engine-crashed',
    `The matching engine stopped unexpectedly${detail ? ` (${detail})` : ''}.`,
    'It is started again by itself. If it keeps happening, choose a smaller input size or close other tabs.',
  );

const failedToStart = (detail?: string) =>
  new CodedError(
    'engine-start',
    `The matching engine could not be loaded${detail ? ` (${detail})` : ''}.`,
    'Check the connection and reload the page; a recent Chrome, Edge, Firefox or Safari is needed.',
  );

const startTimeout = (milliseconds: number) =>
  new CodedError(
    'engine-start-timeout',
    `The matching engine did not start within ${Math.round(milliseconds / 1000)} seconds.`,
    'Check the connection and reload the page.',
  );

const notSent = (method: string, thrown: unknown) =>
  new CodedError('engine-call', `The call “${method}” could not be sent to the engine: ${String(thrown)}`, 'Reload the page.', {
    cause: thrown,
  });
