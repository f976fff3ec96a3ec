import { CompareClient, type CompareWorkerLike } from '../../client/compare-client.ts';
import type { CallOptions } from '../../client/worker-client.ts';
import type { CompareApi, CompareInfo, CompareProgress } from '../../shared/compare.ts';
import { CodedError, toPlainError } from '../../shared/errors.ts';
import type { Side } from '../../shared/geometry.ts';
import { Serial } from '../serial.ts';
import type { Photo } from '../types.ts';
import type { Workspace } from '../workspace.ts';

export type SpawnCompareWorker = () => CompareWorkerLike;

export interface CompareLinkOptions {
  onStart: (info: CompareInfo) => void;
  /** The worker is another one: what the old one had answered has to be asked again. */
  onRestart: () => void;
}

/** Starts with {@link CompareLink.call}, dies, starts again: the compare worker over its lives, with the photos in it. */
export class CompareLink {
  private client: CompareClient | null = null;
  private started: Promise<CompareInfo> | null = null;
  /** The photos that the present worker has. */
  private readonly given: Partial<Record<Side, Photo | null>> = {};
  private readonly changes = new Serial();

  constructor(
    private readonly workspace: Workspace,
    private readonly spawn: SpawnCompareWorker,
    private readonly options: CompareLinkOptions,
  ) {}

  /** Calls the worker once it has the photos that the page has now. Rejects with a CodedError. */
  async call<M extends keyof CompareApi>(
    method: M,
    argument: Parameters<CompareApi[M]>[0],
    options?: CallOptions<CompareProgress>,
  ): Promise<ReturnType<CompareApi[M]>> {
    const client = await this.connect();
    await this.changes.run(() => this.givePhotos(client));
    return client.call(method, argument, options);
  }

  /** Ends the worker; the next call starts another. */
  end(): void {
    this.client?.dispose();
    this.forget();
  }

  private async connect(): Promise<CompareClient> {
    if (!this.client) {
      const client: CompareClient = new CompareClient(this.spawn(), {
        onDeath: (error) => this.onDeath(client, error),
        onDeviceLost: (reason) => {
          client.dispose();
          this.onDeath(client, deviceLost(reason));
        },
      });
      this.client = client;
      const { provider } = this.workspace.store.getState().settings;
      this.started = client.call('start', { provider });
    }
    const client = this.client;
    this.options.onStart(await this.started!);
    return client;
  }

  private async givePhotos(client: CompareClient): Promise<void> {
    for (const side of ['a', 'b'] as const) {
      const { photo } = this.workspace.store.getState().photos[side];
      if (this.client !== client || this.given[side] === photo) continue;
      if (photo) await client.call('setPhoto', { side, file: photo.file, name: photo.name });
      else if (this.given[side]) await client.call('clearPhoto', { side });
      this.given[side] = photo;
    }
  }

  private onDeath(client: CompareClient, error: CodedError): void {
    if (this.client !== client) return;
    this.workspace.notices.add('error', toPlainError(error));
    this.forget();
  }

  private forget(): void {
    this.client = null;
    this.started = null;
    delete this.given.a;
    delete this.given.b;
    this.options.onRestart();
  }
}

const deviceLost = (reason: string) =>
  new CodedError(
    'compare-device-lost',
    `The graphics device was lost while comparing (${reason || 'no reason given'}).`,
    'Compare again, with a smaller size if it keeps happening.',
  );
