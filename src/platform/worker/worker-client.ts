import { CodedError, fromPlainError } from '../../core/errors.ts';
import type { AnswerFromWorker, CallToWorker } from './messages.ts';
import type { Calls, WorkerKind, WorkerOf } from './worker-kind.ts';

export interface CallOptions<Progress> {
  /** Aborting rejects the call with the code `cancelled` at once and tells the worker to stop. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface WorkerClientOptions<Progress> {
  kind: WorkerKind;
  /** Hears the progress of every call. */
  hear?: (progress: Progress) => void;
  /**
   * Called once, when the worker has died, has lost its graphics device or never came up. Every open call has been
   * rejected by then.
   */
  onDeath: (error: WorkerDeath) => void;
  /** How long the worker's code may take to load and say `ready`, milliseconds. */
  readyTimeout?: number;
}

/**
 * The end of a worker: told once, by whoever watches it, not by every call that it took along, which all are rejected
 * with it.
 */
export class WorkerDeath extends CodedError {}

export const isWorkerDeath = (thrown: unknown): boolean => thrown instanceof WorkerDeath;

/** The death of a worker whose graphics device was lost: the GPU's fault, not that of what the worker was asked. */
export class DeviceLoss extends WorkerDeath {
  constructor(
    /** Whose device it was. */
    readonly kind: WorkerKind,
    /** In the browser's words. */
    readonly reason: string,
  ) {
    const { code, message, remedy } = kind.deviceLost ?? {
      code: `${kind.code}-crashed`,
      message: (why: string) => `The ${kind.name} lost its graphics device (${why}).`,
      remedy: kind.crashRemedy,
    };
    super(code, message(reason), remedy);
  }
}

interface OpenCall<Progress> {
  resolve: (value: unknown) => void;
  reject: (error: CodedError) => void;
  onProgress?: (progress: Progress) => void;
  /** Takes the abort listener away. */
  release: () => void;
}

const READY_TIMEOUT = 60_000;

/**
 * One life of a worker as the page sees it: typed calls over messages, cancellation, and its death. WorkerLink makes a
 * new worker and a new client after that.
 */
export class WorkerClient<Api extends Calls<Api>, Progress> {
  private readonly calls = new Map<number, OpenCall<Progress>>();
  private readonly waiting: (() => void)[] = [];
  private readonly readyTimer: ReturnType<typeof setTimeout>;
  private nextId = 1;
  private isReady = false;
  private death: CodedError | null = null;

  constructor(
    private readonly worker: WorkerOf<Api, Progress>,
    private readonly options: WorkerClientOptions<Progress>,
  ) {
    const timeout = options.readyTimeout ?? READY_TIMEOUT;
    this.readyTimer = setTimeout(() => this.die(this.startTimeout(timeout)), timeout);
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.die(this.isReady ? this.crashed(event.message) : this.failedToStart(event.message));
    };
    worker.onmessageerror = () => this.die(this.crashed('a message could not be read'));
  }

  /**
   * Calls `method` in the worker. Calls made before the worker is ready wait for it.
   * Rejects with a CodedError: the worker's own, `cancelled`, or the worker's death.
   */
  call<M extends keyof Api & string>(
    method: M,
    argument: Parameters<Api[M]>[0],
    { signal, onProgress }: CallOptions<Progress> = {},
  ): Promise<ReturnType<Api[M]>> {
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
        resolve: (value) => resolve(value as ReturnType<Api[M]>),
        reject,
        onProgress,
        release: () => signal?.removeEventListener('abort', cancel),
      });
      this.whenReady(() => {
        // Cancelled while waiting: the worker never hears of it.
        if (!this.calls.has(id)) return;
        try {
          this.post({ type: 'call', id, method, argument } as CallToWorker<Api>, transferables(argument));
        } catch (thrown) {
          this.settle(id, (call) => call.reject(this.notSent(method, thrown)));
        }
      });
    });
  }

  /** Ends the worker; open calls are cancelled. Idempotent. */
  dispose(): void {
    if (!this.death) this.end(cancelled());
  }

  private receive(message: AnswerFromWorker<Progress>): void {
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
        this.options.hear?.(message.progress);
        this.calls.get(message.id)?.onProgress?.(message.progress);
        break;
      case 'device-lost':
        this.die(new DeviceLoss(this.options.kind, message.reason.replace(/\.$/, '') || 'no reason given'));
        break;
    }
  }

  private whenReady(send: () => void): void {
    if (this.isReady) send();
    else this.waiting.push(send);
  }

  private post(message: CallToWorker<Api>, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  /** An id that is no longer open belongs to a cancelled call: its answer is dropped. */
  private settle(id: number, finish: (call: OpenCall<Progress>) => void): void {
    const call = this.calls.get(id);
    if (!call) return;
    this.calls.delete(id);
    call.release();
    finish(call);
  }

  private die(error: WorkerDeath): void {
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

  private crashed(detail?: string): WorkerDeath {
    const { code, name, crashRemedy } = this.options.kind;
    return new WorkerDeath(
      `${code}-crashed`,
      `The ${name} stopped unexpectedly${detail ? ` (${detail})` : ''}.`,
      crashRemedy,
    );
  }

  private failedToStart(detail?: string): WorkerDeath {
    const { code, name } = this.options.kind;
    return new WorkerDeath(
      `${code}-start`,
      `The ${name} could not be loaded${detail ? ` (${detail})` : ''}.`,
      'Check the connection and reload the page; a recent Chrome, Edge, Firefox or Safari is needed.',
    );
  }

  private startTimeout(milliseconds: number): WorkerDeath {
    const { code, name } = this.options.kind;
    return new WorkerDeath(
      `${code}-start-timeout`,
      `The ${name} did not start within ${Math.round(milliseconds / 1000)} seconds.`,
      'Check the connection and reload the page.',
    );
  }

  private notSent(method: string, thrown: unknown): CodedError {
    const { code, name } = this.options.kind;
    return new CodedError(
      `${code}-call`,
      `The call “${method}” could not be sent to the ${name}: ${String(thrown)}`,
      'Reload the page.',
      {
        cause: thrown,
      },
    );
  }
}

const cancelled = () => new CodedError('cancelled', 'Cancelled.');

/**
 * The transferable objects among the properties of a call's argument, and of plain objects right below it (a pair of
 * canvases). Only an OffscreenCanvas must be moved (it cannot be copied); buffers are copied, so that the page keeps
 * what it sent.
 */
function transferables(argument: object): Transferable[] {
  if (typeof OffscreenCanvas === 'undefined') return [];
  return Object.values(argument)
    .flatMap((value: unknown) => (isPlain(value) ? Object.values(value) : [value]))
    .filter((value): value is OffscreenCanvas => value instanceof OffscreenCanvas);
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
