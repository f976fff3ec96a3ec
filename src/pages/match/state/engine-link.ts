import type { CodedError } from '../../../core/errors.ts';
import type { Progress } from '../../../core/match.ts';
import { isTestRun } from '../../../platform/page/test-run.ts';
import type { WorkerClient } from '../../../platform/worker/worker-client.ts';
import { WorkerLink } from '../../../platform/worker/worker-link.ts';
import type { EngineApi, EngineInfo, EngineMethod } from '../contract/protocol.ts';
import { type CallOptions, ENGINE, type EngineWorkerLike } from '../link/engine.ts';
import type { KnownGpu } from '../../../workspace/known-gpu.ts';
import type { MatchStore } from './store.ts';

/** What a canvas element offers here; a test passes something else. */
export interface TransferableCanvas {
  transferControlToOffscreen(): OffscreenCanvas;
}

/** A call to one life of the engine. */
export type EngineCall = WorkerClient<EngineApi, Progress>['call'];

export interface EngineLinkOptions {
  spawn: () => EngineWorkerLike;
  gpu: KnownGpu;
  /** Tells what a life ended of. */
  tellEnd: (error: CodedError) => void;
  /** Gives a fresh worker what the page holds: stage, view, photos. */
  restore: (call: EngineCall) => Promise<void>;
  /** The engine is up and holds the photos again; `anew`: what killed it before is no longer there. */
  onReady: (anew: boolean) => void;
}

/**
 * The engine across the deaths of its workers (see WorkerLink). Each life needs a canvas of its own (control can be
 * handed over only once): a restart raises `engine.epoch`, the stage mounts a new canvas for it, and `attach` starts
 * the next worker.
 */
export class EngineLink {
  private canvas: TransferableCanvas | null = null;
  /** Of the present life. */
  private info: EngineInfo | null = null;
  /** The next life goes on without the GPU that the last ones died of. */
  private isAbsolved = false;
  private readonly link: WorkerLink<EngineApi, Progress>;

  constructor(
    private readonly store: MatchStore,
    private readonly options: EngineLinkOptions,
  ) {
    this.link = new WorkerLink<EngineApi, Progress>({
      kind: ENGINE,
      spawn: options.spawn,
      prepare: (call) => this.prepare(call),
      onReady: () => {
        const { info } = this;
        this.store.setState(({ engine }) => ({ engine: { ...engine, status: 'ready', info } }));
        options.onReady(this.isAbsolved);
        this.isAbsolved = false;
      },
      absolve: (death) => {
        this.isAbsolved = options.gpu.losses.hear(death);
        return this.isAbsolved;
      },
      onEnd: (error) => this.onEnd(error),
    });
  }

  /** Loads the worker before there is a canvas: both take their time. */
  preload(): void {
    this.link.preload();
  }

  /** Starts a worker that draws on `canvas`. Called with the canvas it already has, it does nothing. */
  attach(canvas: TransferableCanvas): void {
    if (canvas === this.canvas) return;
    this.canvas = canvas;
    this.link.start();
  }

  /** Calls the engine, waiting for it to start or to come back. Rejects with a CodedError. */
  call<M extends EngineMethod>(
    method: M,
    argument: Parameters<EngineApi[M]>[0],
    options?: CallOptions,
  ): Promise<ReturnType<EngineApi[M]>> {
    return this.link.call(method, argument, options);
  }

  /** Ends the worker and asks the stage for a new canvas; photos and view are restored. */
  restart(): void {
    this.link.dispose();
    this.store.setState(({ engine }) => ({
      engine: { epoch: engine.epoch + 1, status: 'starting', info: null },
      job: null,
      result: null,
      probe: null,
    }));
  }

  /** The person asks for another try after the engine has been given up. */
  retry(): void {
    this.link.retry();
    this.restart();
  }

  /** The engine has done its work: earlier deaths say nothing about the next one. */
  confirm(): void {
    this.link.confirm();
    this.options.gpu.losses.confirm();
  }

  dispose(): void {
    this.link.dispose();
  }

  private async prepare(call: EngineCall): Promise<void> {
    const { provider } = this.store.getState().settings;
    const canvas = this.canvas!.transferControlToOffscreen();
    this.info = await call('start', {
      canvas,
      provider,
      ...this.options.gpu.told(),
      test: isTestRun(),
    });
    await this.options.restore(call);
  }

  private onEnd(error: CodedError | null): void {
    if (error) this.options.tellEnd(error);
    if (!this.link.isGivenUp) this.restart();
    else this.store.setState(({ engine }) => ({ engine: { ...engine, status: 'stopped', info: null }, job: null }));
  }
}
