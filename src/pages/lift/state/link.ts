import { LiftClient, type LiftWorkerLike } from '../link/lift-client.ts';
import type { CallOptions } from '../../../platform/worker/worker-client.ts';
import { CodedError } from '../../../core/errors.ts';
import type { Side } from '../../../core/geometry.ts';
import type { LiftApi, LiftInfo, LiftProgress } from '../contract/api.ts';
import type { ProviderChoice } from '../../../core/match.ts';

export type SpawnLiftWorker = () => LiftWorkerLike;

/** An element that can hand its drawing over to the worker. */
export type TransferableCanvas = Pick<HTMLCanvasElement, 'transferControlToOffscreen'>;

export interface LiftLinkOptions {
  spawn: SpawnLiftWorker;
  provider: () => ProviderChoice;
  onStart: (info: LiftInfo) => void;
  /** The worker is gone: the canvases it had are lost, and what it knew has to be told to the next one. */
  onEnd: (error: CodedError | null) => void;
}

/** The lift worker over its lives. It starts with the first call after both panes have given it their canvases. */
export class LiftLink {
  private client: LiftClient | null = null;
  private started: Promise<LiftInfo> | null = null;
  private canvases: Partial<Record<Side, OffscreenCanvas>> = {};

  constructor(private readonly options: LiftLinkOptions) {}

  /** Takes the control of a pane's canvas, for the worker that starts next. */
  attach(side: Side, canvas: TransferableCanvas): void {
    this.canvases[side] = canvas.transferControlToOffscreen();
  }

  /** Whether a call can be made: the worker is there, or has what it needs to start. */
  get canStart(): boolean {
    return this.client !== null || (this.canvases.a !== undefined && this.canvases.b !== undefined);
  }

  get isRunning(): boolean {
    return this.client !== null;
  }

  /** Calls the worker, which starts where needed. Rejects with a CodedError. */
  async call<M extends keyof LiftApi>(
    method: M,
    argument: Parameters<LiftApi[M]>[0],
    options?: CallOptions<LiftProgress>,
  ): Promise<ReturnType<LiftApi[M]>> {
    const client = this.connect();
    await this.started;
    return client.call(method, argument, options);
  }

  /** Ends the worker; the canvases are lost with it. */
  end(): void {
    if (!this.client) return;
    this.client.dispose();
    this.forget(null);
  }

  private connect(): LiftClient {
    if (this.client) return this.client;
    const client: LiftClient = new LiftClient(this.options.spawn(), {
      onDeath: (error) => this.onDeath(client, error),
      onDeviceLost: (reason) => {
        client.dispose();
        this.onDeath(client, deviceLost(reason));
      },
    });
    this.client = client;
    const { a, b } = this.canvases;
    const canvases = a && b ? { a, b } : null;
    this.canvases = {};
    this.started = client.call('start', { canvases, provider: this.options.provider() });
    this.started.then(
      (info) => this.client === client && this.options.onStart(info),
      // Told by the call that wanted it.
      () => undefined,
    );
    return client;
  }

  private onDeath(client: LiftClient, error: CodedError): void {
    if (this.client === client) this.forget(error);
  }

  private forget(error: CodedError | null): void {
    this.client = null;
    this.started = null;
    this.options.onEnd(error);
  }
}

const deviceLost = (reason: string) =>
  new CodedError(
    'lift-device-lost',
    `The graphics device was lost in the lift studio (${reason || 'no reason given'}).`,
    'Choose a smaller render size if it happens again.',
  );
