import type { EngineWorkerLike } from '../link/engine-client.ts';
import { EngineClient } from '../link/engine-client.ts';
import type { CallOptions } from '../link/engine-client.ts';

import { CodedError, isCancelled, toPlainError } from '../../../core/errors.ts';
import type { EngineApi, EngineMethod } from '../contract/protocol.ts';
import { deferred } from '../../../core/deferred.ts';
import type { Deferred } from '../../../core/deferred.ts';
import { isDeath } from '../../../platform/page/notices.ts';
import type { Notices } from '../../../platform/page/notices.ts';
import type { MatchStore } from './store.ts';

/** What a canvas element offers here; a test passes something else. */
export interface TransferableCanvas {
  transferControlToOffscreen(): OffscreenCanvas;
}

export interface EngineLinkOptions {
  spawn: () => EngineWorkerLike;
  notices: Notices;
  /** Gives a fresh worker what the page holds: stage, view, photos. */
  restore: (call: EngineClient['call']) => Promise<void>;
  /** The engine is up and holds the photos again. */
  onReady: () => void;
}

/** Two failed starts in a row will not be mended by a third. */
const MAX_FAILED_STARTS = 2;
/** Nor will an engine that comes up and dies again and again before it has matched anything. */
const MAX_DEATHS = 4;

/**
 * The engine across the deaths of its workers. Each life needs a canvas of its own (control can be handed over only
 * once): a restart raises `engine.epoch`, the stage mounts a new canvas for it, and `attach` starts the next worker.
 */
export class EngineLink {
  private client: EngineClient | null = null;
  private canvas: TransferableCanvas | null = null;
  private started: Deferred<EngineClient> = deferred();
  private failedStarts = 0;
  private deaths = 0;

  constructor(
    private readonly store: MatchStore,
    private readonly options: EngineLinkOptions,
  ) {}

  /** Starts a worker that draws on `canvas`. Called with the canvas it already has, it does nothing. */
  attach(canvas: TransferableCanvas): void {
    if (canvas === this.canvas) return;
    this.canvas = canvas;
    this.client?.dispose();
    void this.start(canvas);
  }

  /** Calls the engine, waiting for it to start or to come back. Rejects with a CodedError. */
  async call<M extends EngineMethod>(
    method: M,
    argument: Parameters<EngineApi[M]>[0],
    options?: CallOptions,
  ): Promise<ReturnType<EngineApi[M]>> {
    const client = await this.started.promise;
    return client.call(method, argument, options);
  }

  /** Ends the worker and asks the stage for a new canvas; photos and view are restored. */
  restart(): void {
    this.client?.dispose();
    this.client = null;
    if (this.store.getState().engine.status !== 'starting') this.started = deferred();
    this.store.setState(({ engine }) => ({
      engine: { epoch: engine.epoch + 1, status: 'starting', info: null },
      job: null,
      result: null,
      probe: null,
    }));
  }

  /** The person asks for another try after the engine has been given up. */
  retry(): void {
    this.failedStarts = this.deaths = 0;
    this.restart();
  }

  /** The engine has done its work: earlier deaths say nothing about the next one. */
  confirm(): void {
    this.deaths = 0;
  }

  dispose(): void {
    this.client?.dispose();
    this.client = null;
  }

  private async start(canvas: TransferableCanvas): Promise<void> {
    let isUp = false;
    const client: EngineClient = new EngineClient(this.options.spawn(), {
      onDeath: (error) => this.onDeath(client, isUp, error),
      onDeviceLost: (reason) => this.onDeath(client, isUp, deviceLost(reason)),
    });
    this.client = client;
    try {
      const { provider } = this.store.getState().settings;
      const info = await client.call('start', { canvas: canvas.transferControlToOffscreen(), provider });
      await this.options.restore(client.call.bind(client));
      if (this.client !== client) return;
      isUp = true;
      this.failedStarts = 0;
      this.store.setState(({ engine }) => ({ engine: { ...engine, status: 'ready', info } }));
      this.started.resolve(client);
      this.options.onReady();
    } catch (thrown) {
      // A death has been handled by onDeath, and a cancelled start belongs to a client that was replaced.
      if (this.client !== client || isDeath(thrown) || isCancelled(thrown)) return;
      this.options.notices.report(thrown);
      this.giveUp(thrown);
    }
  }

  private onDeath(client: EngineClient, wasUp: boolean, error: CodedError): void {
    if (this.client !== client) return;
    this.options.notices.add('error', toPlainError(error));
    this.deaths++;
    if (!wasUp) this.failedStarts++;
    if (this.failedStarts >= MAX_FAILED_STARTS || this.deaths >= MAX_DEATHS) this.giveUp(error);
    else this.restart();
  }

  private giveUp(cause: unknown): void {
    this.client?.dispose();
    this.client = null;
    this.started.reject(
      new CodedError('engine-stopped', 'The matching engine is not running.', 'Start it again or reload the page.', {
        cause,
      }),
    );
    this.store.setState(({ engine }) => ({ engine: { ...engine, status: 'stopped', info: null }, job: null }));
  }
}

const deviceLost = (reason: string) =>
  new CodedError(
    'device-lost',
    `The graphics device was lost (${reason || 'no reason given'}). The engine starts again with your photos.`,
    'If it keeps happening, choose a smaller input size or run the model on the CPU in the settings.',
  );
