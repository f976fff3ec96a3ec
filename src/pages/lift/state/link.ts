import type { CodedError } from '../../../core/errors.ts';
import type { Side } from '../../../core/geometry.ts';
import type { ProviderChoice } from '../../../core/match.ts';
import type { CallOptions, WorkerClient } from '../../../platform/worker/worker-client.ts';
import { WorkerLink } from '../../../platform/worker/worker-link.ts';
import type { KnownGpu } from '../../../workspace/known-gpu.ts';
import type { LiftApi, LiftInfo, LiftProgress } from '../contract/api.ts';
import { LIFTING, type LiftWorkerLike } from '../link/worker.ts';

export type SpawnLiftWorker = () => LiftWorkerLike;

/** An element that can hand its drawing over to the worker. */
export type TransferableCanvas = Pick<HTMLCanvasElement, 'transferControlToOffscreen'>;

export interface LiftLinkOptions {
  spawn: SpawnLiftWorker;
  provider: () => ProviderChoice;
  gpu: KnownGpu;
  hear: (progress: LiftProgress) => void;
  onStart: (info: LiftInfo) => void;
  /** The worker is gone: the canvases it had are lost, and what it knew has to be told to the next one. */
  onEnd: (error: CodedError | null) => void;
}

/**
 * The lift worker over its lives (see WorkerLink). It starts with the first call after both panes have given it their
 * canvases.
 */
export class LiftLink {
  private readonly link: WorkerLink<LiftApi, LiftProgress>;
  private canvases: Partial<Record<Side, OffscreenCanvas>> = {};

  constructor(private readonly options: LiftLinkOptions) {
    this.link = new WorkerLink<LiftApi, LiftProgress>({
      kind: LIFTING,
      spawn: options.spawn,
      prepare: (call) => this.prepare(call),
      hear: options.hear,
      absolve: (death) => options.gpu.losses.hear(death),
      onEnd: options.onEnd,
    });
  }

  /** Takes the control of a pane's canvas, for the worker that starts next. */
  attach(side: Side, canvas: TransferableCanvas): void {
    this.canvases[side] = canvas.transferControlToOffscreen();
  }

  /** Whether a call can be made: the worker is there, or has what it needs to start. */
  get canStart(): boolean {
    return this.isRunning || (this.canvases.a !== undefined && this.canvases.b !== undefined);
  }

  get isRunning(): boolean {
    return this.link.isRunning;
  }

  /** Whether the person decides about another try. */
  get isGivenUp(): boolean {
    return this.link.isGivenUp;
  }

  /** Calls the worker, which starts where needed. Rejects with a CodedError. */
  async call<M extends keyof LiftApi>(
    method: M,
    argument: Parameters<LiftApi[M]>[0],
    options?: CallOptions<LiftProgress>,
  ): Promise<ReturnType<LiftApi[M]>> {
    if (!this.isRunning && !this.isGivenUp) this.link.start();
    return this.link.call(method, argument, options);
  }

  /** A frame was rendered: earlier deaths say nothing about the next one. */
  confirm(): void {
    this.link.confirm();
  }

  /** The person asks for another try. */
  retry(): void {
    this.link.retry();
  }

  /** Ends the worker; the canvases are lost with it. */
  end(): void {
    this.link.end();
  }

  private async prepare(call: WorkerClient<LiftApi, LiftProgress>['call']): Promise<void> {
    const { a, b } = this.canvases;
    this.canvases = {};
    this.options.onStart(
      await call('start', {
        canvases: a && b ? { a, b } : null,
        provider: this.options.provider(),
        ...this.options.gpu.told(),
      }),
    );
  }
}
