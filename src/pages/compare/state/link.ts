import type { CodedError } from '../../../core/errors.ts';
import type { GpuCheck, ProviderChoice } from '../../../core/match.ts';
import { Serial } from '../../../core/serial.ts';
import { overLosses } from '../../../platform/worker/over-losses.ts';
import type { CallOptions, WorkerClient } from '../../../platform/worker/worker-client.ts';
import { WorkerLink } from '../../../platform/worker/worker-link.ts';
import type { KnownGpu } from '../../../workspace/known-gpu.ts';
import type { Photo } from '../../../workspace/types.ts';
import type { BySlot, CompareApi, CompareInfo, CompareProgress, RecordedPlace, Slot } from '../contract.ts';
import { SLOTS } from '../contract.ts';
import { COMPARING, type CompareWorkerLike } from '../link/worker.ts';

export type SpawnCompareWorker = () => CompareWorkerLike;

export interface CompareLinkOptions {
  spawn: SpawnCompareWorker;
  /** The photos that the page has now. */
  photos: () => BySlot<Photo>;
  /** Where features of a photo lie that need no model. */
  recorded: (photo: Photo) => RecordedPlace | null;
  provider: () => ProviderChoice;
  onStart: (info: CompareInfo) => void;
  gpu: KnownGpu;
  /** The GPU was checked, or its check recalled. */
  onCheck: (check: GpuCheck) => void;
  onDeath: (error: CodedError) => void;
  /** The worker is another one: what the old one had answered has to be asked again. */
  onRestart: () => void;
}

/** The compare worker over its lives (see WorkerLink), with the photos in it. */
export class CompareLink {
  private readonly link: WorkerLink<CompareApi, CompareProgress>;
  /** The photos that the present worker has. */
  private given: BySlot<Photo> = {};
  private readonly changes = new Serial();

  constructor(private readonly options: CompareLinkOptions) {
    this.link = new WorkerLink<CompareApi, CompareProgress>({
      kind: COMPARING,
      spawn: options.spawn,
      prepare: async (call) =>
        options.onStart(await call('start', { provider: options.provider(), ...options.gpu.told() })),
      hear: ({ check }) => check && options.onCheck(check),
      absolve: (death) => options.gpu.losses.hear(death),
      onEnd: (error) => this.onEnd(error),
    });
  }

  /** Calls the worker once it has the photos that the page has now. Rejects with a CodedError. */
  async call<M extends keyof CompareApi>(
    method: M,
    argument: Parameters<CompareApi[M]>[0],
    options?: CallOptions<CompareProgress>,
  ): Promise<ReturnType<CompareApi[M]>> {
    return overLosses(async () => {
      const client = await this.link.connect();
      if (!this.isUpToDate()) await this.changes.run(() => this.givePhotos(client));
      const answer = await client.call(method, argument, options);
      this.options.gpu.losses.confirm();
      return answer;
    });
  }

  /**
   * Has the worker open a photo that the page does not have yet; `keep` puts it into the page's state.
   * Rejects with a CodedError where the worker refuses it: the slot then stays as it was.
   */
  async open(slot: Slot, photo: Omit<Photo, 'info'>, keep: (photo: Photo) => void): Promise<void> {
    const client = await this.link.connect();
    await this.changes.run(async () => {
      const info = await client.call('setPhoto', { slot, file: photo.file, name: photo.name, recorded: null });
      const opened = { ...photo, info };
      if (this.link.isPresent(client)) this.given[slot] = opened;
      keep(opened);
    });
  }

  /** Ends the worker; the next call starts another. */
  end(): void {
    this.link.end();
  }

  private isUpToDate(): boolean {
    const photos = this.options.photos();
    return SLOTS.every((slot) => photos[slot] === this.given[slot]);
  }

  private async givePhotos(client: WorkerClient<CompareApi, CompareProgress>): Promise<void> {
    for (const slot of SLOTS) {
      const photo = this.options.photos()[slot];
      if (!this.link.isPresent(client) || this.given[slot] === photo) continue;
      const recorded = photo ? this.options.recorded(photo) : null;
      if (photo) await client.call('setPhoto', { slot, file: photo.file, name: photo.name, recorded });
      else await client.call('clearPhoto', { slot });
      this.given[slot] = photo;
    }
  }

  private onEnd(error: CodedError | null): void {
    this.given = {};
    if (error) this.options.onDeath(error);
    this.options.onRestart();
  }
}
