import { CodedError, isCancelled } from '../../core/errors.ts';
import { type CallOptions, isWorkerDeath, WorkerClient, WorkerDeath } from './worker-client.ts';
import type { Calls, WorkerKind, WorkerOf } from './worker-kind.ts';

export interface WorkerLinkOptions<Api extends Calls<Api>, Progress> {
  kind: WorkerKind;
  /** Makes a worker; called for every life. */
  spawn: () => WorkerOf<Api, Progress>;
  /**
   * Gives a fresh worker what it needs before anything is asked of it: its `start` call, and what the page holds. A
   * rejection ends the life.
   */
  prepare?: (call: WorkerClient<Api, Progress>['call']) => Promise<void>;
  /** Hears the progress of every call, whoever made it. */
  hear?: (progress: Progress) => void;
  /** Prepared: calls go through. */
  onReady?: () => void;
  /**
   * A life has ended, and what the worker knew is gone; its calls are rejected. With the error that it died of or could
   * not be prepared for, or null where the page ended it. Of kinds with `lives`, the owner starts the next one from
   * here, unless {@link WorkerLink.isGivenUp}.
   */
  onEnd?: (error: CodedError | null) => void;
  /** Whether the next life will be so different that this death says nothing about it: it then counts for nothing. */
  absolve?: (death: WorkerDeath) => boolean;
  /** As the client has it. */
  readyTimeout?: number;
}

/** Failed starts in a row that a further one will not mend. */
const MAX_FAILED_STARTS = 2;

/**
 * One of the app's workers over its lives, and the one policy for their ends:
 *
 * - A worker dies when its code throws, cannot be loaded, does not come up in time, or loses its graphics device. Its
 *   open calls are rejected with that {@link WorkerDeath}, and {@link WorkerLinkOptions.onEnd} tells the person once.
 * - The next {@link call} starts another one, and {@link WorkerLinkOptions.prepare} gives it what the last one knew.
 * - A kind with `lives` needs its owner to {@link start} it (it draws on canvases, which can be handed over only once);
 *   calls wait for that. So that it does not die for ever, it is given up after two failed starts in a row, or as many
 *   deaths as it has lives without {@link confirm} between them; {@link retry} is the person's wish to go on. A death that
 *   its owner absolves (the next life does without what this one died of) counts for nothing.
 */
export class WorkerLink<Api extends Calls<Api>, Progress = never> {
  private client: WorkerClient<Api, Progress> | null = null;
  /** Loads its code for the life that {@link start} begins. */
  private spare: WorkerClient<Api, Progress> | null = null;
  private ready: Deferred<WorkerClient<Api, Progress>> = deferred();
  /** Of the present life. */
  private isUp = false;
  private failedStarts = 0;
  private deaths = 0;
  private stopped: CodedError | null = null;

  constructor(private readonly options: WorkerLinkOptions<Api, Progress>) {}

  /** Whether there is a worker now, prepared or not. */
  get isRunning(): boolean {
    return this.client !== null;
  }

  /** Whether it is not to be started again unless the person wants it. */
  get isGivenUp(): boolean {
    return this.stopped !== null;
  }

  /** The prepared worker's calls, as {@link call} makes them; for several that must go to the same life. */
  async connect(): Promise<WorkerClient<Api, Progress>> {
    if (this.stopped) throw this.stopped;
    if (!this.client && this.options.kind.lives === undefined) this.start();
    return this.isUp && this.client ? this.client : this.ready.promise;
  }

  /** Whether calls still go to this life. */
  isPresent(client: WorkerClient<Api, Progress>): boolean {
    return this.client === client;
  }

  /**
   * Calls the worker once it is prepared, starting it where needed.
   * Rejects with a CodedError: the worker's own, `cancelled`, its death, or `<code>-stopped` where it is given up.
   */
  call<M extends keyof Api & string>(
    method: M,
    argument: Parameters<Api[M]>[0],
    options?: CallOptions<Progress>,
  ): Promise<ReturnType<Api[M]>> {
    if (this.isUp && this.client) return this.client.call(method, argument, options);
    return this.connect().then((client) => client.call(method, argument, options));
  }

  /** Loads the worker's code already, for the life that the next {@link start} begins. */
  preload(): void {
    if (!this.client) this.spare ??= this.spawn();
  }

  /** Begins a life at once; the present one, if any, makes room without an end being told. */
  start(): void {
    this.drop();
    const { prepare } = this.options;
    const client = this.spare ?? this.spawn();
    this.spare = null;
    this.client = client;
    if (!prepare) {
      this.onPrepared(client);
      return;
    }
    prepare(client.call.bind(client)).then(
      () => this.onPrepared(client),
      (thrown: unknown) => this.onRefusal(client, thrown),
    );
  }

  /** The worker has done what it is for: earlier deaths say nothing about the next one. */
  confirm(): void {
    this.deaths = 0;
  }

  /** Lets calls wait for another try after it has been given up; the owner starts it. */
  retry(): void {
    this.failedStarts = this.deaths = 0;
    if (this.stopped) this.ready = deferred();
    this.stopped = null;
  }

  /** Ends the worker, if there is one; its calls are cancelled, and the next call starts another. */
  end(): void {
    if (!this.client) return;
    this.drop();
    this.settle(new CodedError('cancelled', 'Cancelled.'));
    this.options.onEnd?.(null);
  }

  /** Ends the worker for good, telling nobody. */
  dispose(): void {
    this.spare?.dispose();
    this.spare = null;
    this.drop();
  }

  private spawn(): WorkerClient<Api, Progress> {
    const { kind, spawn, hear, readyTimeout } = this.options;
    const onDeath = (error: CodedError): void => this.onDeath(client, error);
    const client = new WorkerClient<Api, Progress>(spawn(), { kind, onDeath, hear, readyTimeout });
    return client;
  }

  private drop(): void {
    this.client?.dispose();
    this.client = null;
    if (this.isUp) this.ready = deferred();
    this.isUp = false;
  }

  private onPrepared(client: WorkerClient<Api, Progress>): void {
    if (this.client !== client) return;
    this.isUp = true;
    this.failedStarts = 0;
    this.ready.resolve(client);
    this.options.onReady?.();
  }

  private onRefusal(client: WorkerClient<Api, Progress>, thrown: unknown): void {
    // A death has been told by onDeath, and a cancelled start belongs to a life that was replaced.
    if (this.client !== client || isWorkerDeath(thrown) || isCancelled(thrown)) return;
    const error = thrown instanceof CodedError ? thrown : new CodedError('internal', String(thrown));
    this.drop();
    // The same page would be refused again.
    if (this.options.kind.lives !== undefined) this.giveUp(error);
    else this.settle(error);
    this.options.onEnd?.(error);
  }

  private onDeath(client: WorkerClient<Api, Progress>, error: WorkerDeath): void {
    // Nothing was asked of it yet: the life that begins without it will tell what is wrong.
    if (this.spare === client) this.spare = null;
    if (this.client !== client) return;
    const { lives } = this.options.kind;
    this.deaths++;
    if (!this.isUp) this.failedStarts++;
    if (this.options.absolve?.(error)) this.failedStarts = this.deaths = 0;
    this.drop();
    if (lives === undefined) this.settle(error);
    else if (this.failedStarts >= MAX_FAILED_STARTS || this.deaths >= lives) this.giveUp(error);
    this.options.onEnd?.(error);
  }

  private giveUp(cause: CodedError): void {
    const { code, name } = this.options.kind;
    const message = `The ${name} is not running.`;
    this.stopped = new WorkerDeath(`${code}-stopped`, message, 'Start it again or reload the page.', { cause });
    this.ready.reject(this.stopped);
  }

  /** Rejects the calls that wait for a life that never came up. */
  private settle(error: CodedError): void {
    this.ready.reject(error);
    this.ready = deferred();
  }
}

/** A promise with its handles outside. */
interface Deferred<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  // Waiting for it is optional: a rejection that nobody waits for is not an unhandled one.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
