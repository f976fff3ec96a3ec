import { CompareClient, type CompareWorkerLike } from '../link/compare-client.ts';
import type { CallOptions } from '../../../platform/worker/worker-client.ts';
import type { BySlot, CompareApi, CompareInfo, CompareProgress, Slot } from '../contract.ts';
import { SLOTS } from '../contract.ts';
import { CodedError, toPlainError } from '../../../core/errors.ts';
import type { ProviderChoice } from '../../../core/match.ts';
import { Serial } from '../../../core/serial.ts';
import type { Photo } from '../../../workspace/types.ts';

export type SpawnCompareWorker = () => CompareWorkerLike;

export interface CompareLinkOptions {
  spawn: SpawnCompareWorker;
  /** The photos that the page has now. */
  photos: () => BySlot<Photo>;
  provider: () => ProviderChoice;
  onStart: (info: CompareInfo) => void;
  onDeath: (error: ReturnType<typeof toPlainError>) => void;
  /** The worker is another one: what the old one had answered has to be asked again. */
  onRestart: () => void;
}

/** Starts with {@link CompareLink.call}, dies, starts again: the compare worker over its lives, with the photos in it. */
export class CompareLink {
  private client: CompareClient | null = null;
  private started: Promise<CompareInfo> | null = null;
  /** The photos that the present worker has. */
  private given: BySlot<Photo> = {};
  private readonly changes = new Serial();

  constructor(private readonly options: CompareLinkOptions) {}

  /** Calls the worker once it has the photos that the page has now. Rejects with a CodedError. */
  async call<M extends keyof CompareApi>(
    method: M,
    argument: Parameters<CompareApi[M]>[0],
    options?: CallOptions<CompareProgress>,
  ): Promise<ReturnType<CompareApi[M]>> {
    const client = await this.connect();
    if (!this.isUpToDate()) await this.changes.run(() => this.givePhotos(client));
    return client.call(method, argument, options);
  }

  /**
   * Has the worker open a photo that the page does not have yet; `keep` puts it into the page's state.
   * Rejects with a CodedError where the worker refuses it: the slot then stays as it was.
   */
  async open(slot: Slot, photo: Omit<Photo, 'info'>, keep: (photo: Photo) => void): Promise<void> {
    const client = await this.connect();
    await this.changes.run(async () => {
      const info = await client.call('setPhoto', { slot, file: photo.file, name: photo.name });
      const opened = { ...photo, info };
      if (this.client === client) this.given[slot] = opened;
      keep(opened);
    });
  }

  /** Ends the worker; the next call starts another. */
  end(): void {
    this.client?.dispose();
    this.forget();
  }

  private async connect(): Promise<CompareClient> {
    if (!this.client) {
      const client: CompareClient = new CompareClient(this.options.spawn(), {
        onDeath: (error) => this.onDeath(client, error),
        onDeviceLost: (reason) => {
          client.dispose();
          this.onDeath(client, deviceLost(reason));
        },
      });
      this.client = client;
      this.started = client.call('start', { provider: this.options.provider() });
    }
    const client = this.client;
    this.options.onStart(await this.started!);
    return client;
  }

  private isUpToDate(): boolean {
    const photos = this.options.photos();
    return SLOTS.every((slot) => photos[slot] === this.given[slot]);
  }

  private async givePhotos(client: CompareClient): Promise<void> {
    for (const slot of SLOTS) {
      const photo = this.options.photos()[slot];
      if (this.client !== client || this.given[slot] === photo) continue;
      if (photo) await client.call('setPhoto', { slot, file: photo.file, name: photo.name });
      else await client.call('clearPhoto', { slot });
      this.given[slot] = photo;
    }
  }

  private onDeath(client: CompareClient, error: CodedError): void {
    if (this.client !== client) return;
    this.options.onDeath(toPlainError(error));
    this.forget();
  }

  private forget(): void {
    this.client = null;
    this.started = null;
    this.given = {};
    this.options.onRestart();
  }
}

const deviceLost = (reason: string) =>
  new CodedError(
    'compare-device-lost',
    `The graphics device was lost while comparing (${reason || 'no reason given'}).`,
    'Compare again, with a smaller size if it keeps happening.',
  );
