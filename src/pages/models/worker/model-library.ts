import { blobSource } from '../../../formats/byte-source.ts';
import { openCheckpoint } from '../../../formats/checkpoints/checkpoint.ts';
import type { ConversionInput } from '../../../networks/convert.ts';
import { convertModel } from '../../../networks/convert.ts';
import { downloadFile } from '../../../platform/storage/download.ts';
import { addReadyModel } from '../../../models/ready-model.ts';
import { SpeedMeter } from '../../../platform/storage/speed-meter.ts';
import type { ModelDownload, ModelStore } from '../../../models/store.ts';
import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import type {
  CheckpointRecord,
  InstalledModel,
  InstallProgress,
  LibraryListing,
  ModelLibraryApi,
  ModelRecipe,
} from '../../../models/library-contract.ts';
import { Mutex } from '../../../platform/runtime/runtime.ts';
import type { ServedCall, ServedHandlers } from '../../../platform/worker/serve-calls.ts';

type Context = ServedCall<InstallProgress>;
type Argument<M extends keyof ModelLibraryApi> = Parameters<ModelLibraryApi[M]>[0];

/** Runs a job unless another one, here or in another tab, works on the model; then it throws `model-busy`. */
export type Exclusively = <T>(id: string, job: () => Promise<T>) => Promise<T>;

export interface ModelLibraryOptions {
  openStore: () => Promise<ModelStore>;
  exclusively: Exclusively;
  fetcher?: typeof fetch;
}

/** Milliseconds between two reports of a job. */
const REPORT_INTERVAL = 100;
/** Room that a conversion is taken to need: half floats of the checkpoint, and a second pass of a part of it. */
const CONVERTED_SHARE = 0.75;

/** The models' worker: downloads, conversion and the store of installed models. Its methods are the protocol's calls. */
export class ModelLibrary implements ServedHandlers<ModelLibraryApi, InstallProgress> {
  private opened: Promise<ModelStore> | null = null;
  // Each conversion holds its largest tensors: two at once would need the memory of both.
  private readonly conversions = new Mutex();
  private readonly hashes = new Mutex();

  constructor(private readonly options: ModelLibraryOptions) {}

  async list(): Promise<LibraryListing> {
    const store = await this.store();
    for (const id of await store.unfinished()) {
      // A folder that another tab is filling stays.
      await this.options.exclusively(id, () => store.remove(id)).catch(() => {});
    }
    return store.list();
  }

  install({ recipe }: Argument<'install'>, context: Context): Promise<InstalledModel> {
    return this.options.exclusively(recipe.id, async () => {
      const store = await this.store();
      const download = await store.openDownload(recipe);
      const checkpoints = await this.download(store, recipe, download, context);
      const files: { name: string; file: Blob }[] = [];
      for (const [i, { name }] of recipe.files.entries()) files.push({ name, file: await download.file(i) });
      const model = await this.convertFiles(store, recipe, files, checkpoints, context);
      await store.discard(recipe.id);
      return model;
    });
  }

  convert({ recipe, files }: Argument<'convert'>, context: Context): Promise<InstalledModel> {
    return this.options.exclusively(recipe.id, async () => {
      const store = await this.store();
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      await store.ensureRoom(bytes * CONVERTED_SHARE);
      const checkpoints = files.map(
        ({ name, size }): CheckpointRecord => ({
          name,
          url: null,
          bytes: size,
          sha256: null,
          isVerified: false,
          formerSha256: null,
        }),
      );
      const named = files.map((file) => ({ name: file.name, file }));
      return this.convertFiles(store, recipe, named, checkpoints, context);
    });
  }

  async add({ files }: Argument<'add'>, { signal, onProgress }: Context): Promise<InstalledModel> {
    const store = await this.store();
    await store.ensureRoom(files.reduce((sum, { size }) => sum + size, 0));
    const report = throttled(onProgress);
    return addReadyModel(files, store, this.options.exclusively, {
      signal,
      onProgress: (item, loaded, total) => report({ phase: 'copy', item, loaded, total, bytesPerSecond: null }),
    });
  }

  async discard({ id }: Argument<'discard'>): Promise<void> {
    const store = await this.store();
    await this.options.exclusively(id, () => store.discard(id));
  }

  async remove({ id }: Argument<'remove'>): Promise<void> {
    const store = await this.store();
    await this.options.exclusively(id, () => store.remove(id));
  }

  async removeNetwork({ purpose }: Argument<'removeNetwork'>): Promise<void> {
    await (await this.store()).networks.remove(purpose);
  }

  private async download(
    store: ModelStore,
    recipe: ModelRecipe,
    download: ModelDownload,
    { signal, onProgress }: Context,
  ): Promise<CheckpointRecord[]> {
    const report = throttled(onProgress);
    const meter = new SpeedMeter();
    const totals = await Promise.all(
      recipe.files.map(async ({ bytes }, i) => bytes ?? (await download.note(i))?.total ?? null),
    );
    const records: CheckpointRecord[] = [];
    let before = 0;
    for (const [i, file] of recipe.files.entries()) {
      const part = await download.open(i);
      try {
        const { bytes, sha256 } = await downloadFile(file, part, {
          signal,
          note: await download.note(i),
          saveNote: (note) => download.saveNote(i, note),
          ensureRoom: (needed) => {
            totals[i] = part.size + needed;
            const all = sum(totals) ?? totals[i]!;
            // The checkpoints and what becomes of them lie side by side for a while.
            return store.ensureRoom(needed + (sum(totals.slice(i + 1)) ?? 0) + all * CONVERTED_SHARE);
          },
          onProgress: (loaded, _total, isChecking) => {
            meter.add(before + loaded, performance.now());
            report({
              phase: isChecking ? 'check' : 'download',
              item: file.name,
              loaded: before + loaded,
              total: sum(totals),
              bytesPerSecond: isChecking ? null : meter.bytesPerSecond,
            });
          },
          fetcher: this.options.fetcher,
        });
        const former = await this.hashes.run(() => store.rememberHash(file.url, sha256));
        records.push({
          name: file.name,
          url: file.url,
          bytes,
          sha256,
          isVerified: file.sha256 !== null,
          formerSha256: former === sha256 ? null : former,
        });
        before += bytes;
      } finally {
        part.close();
      }
    }
    return records;
  }

  private convertFiles(
    store: ModelStore,
    { id, name, licence, source, choices }: ModelRecipe,
    files: readonly { name: string; file: Blob }[],
    checkpoints: CheckpointRecord[],
    { signal, onProgress }: Context,
  ): Promise<InstalledModel> {
    return this.conversions.run(async () => {
      throwIfAborted(signal);
      const report = throttled(onProgress);
      report({ phase: 'convert', item: files[0].name, loaded: 0, total: null, bytesPerSecond: null });
      const inputs = await Promise.all(
        files.map(
          async (given): Promise<ConversionInput> => ({
            name: given.name,
            checkpoint: await openCheckpoint(blobSource(given.file), given.name),
          }),
        ),
      );
      const sink = await store.begin(id);
      try {
        const { report: done } = await convertModel(
          inputs,
          sink,
          { ...choices, id, name, licence, source },
          {
            signal,
            onProgress: ({ tensor, bytesWritten, bytesTotal }) =>
              report({ phase: 'convert', item: tensor, loaded: bytesWritten, total: bytesTotal, bytesPerSecond: null }),
          },
        );
        return await store.commit(id, {
          installedAt: Date.now(),
          checkpoints,
          facts: [...done.facts, ...done.warnings.map((warning) => `Assumed: ${warning}`)],
          unused: [...done.unused],
        });
      } catch (error) {
        await store.remove(id).catch(() => {});
        throw error;
      }
    });
  }

  private async store(): Promise<ModelStore> {
    this.opened ??= this.options.openStore();
    try {
      return await this.opened;
    } catch (error) {
      this.opened = null;
      throw error;
    }
  }
}

/** One tab works on a model at a time, by the Web Locks of this origin. */
export const exclusivelyByLocks: Exclusively = async (id, job) => {
  const held = await navigator.locks.request(`liftmatch-model-${id}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return null;
    return { value: await job() };
  });
  if (held) return held.value;
  throw new CodedError(
    'model-busy',
    `The model ${id} is being installed or removed already, perhaps in another tab.`,
    'Wait for that to end, or cancel it there.',
  );
};

/** Passes a report on at most every {@link REPORT_INTERVAL}; a new phase, a new file and the last byte always. */
function throttled(onProgress: (progress: InstallProgress) => void): (progress: InstallProgress) => void {
  let last = -Infinity;
  let task = '';
  return (progress) => {
    const now = performance.now();
    // Layers follow each other too fast to tell them all.
    const present = progress.phase === 'convert' ? progress.phase : `${progress.phase} ${progress.item}`;
    if (present === task && progress.loaded !== progress.total && now - last < REPORT_INTERVAL) return;
    last = now;
    task = present;
    onProgress(progress);
  };
}

/** Null where one is unknown. */
function sum(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((total, size) => (total === null || size === null ? null : total + size), 0);
}
