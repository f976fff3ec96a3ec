import { LIBRARY, type LibraryWorkerLike } from './library-worker.ts';
import { isCancelled, toPlainError } from '../../core/errors.ts';
import type { CallOptions } from '../../platform/worker/worker-client.ts';
import { WorkerLink } from '../../platform/worker/worker-link.ts';
import type {
  InstalledModel,
  InstallProgress,
  ModelLibraryApi,
  ModelRecipe,
  NetworkPurpose,
} from '../../models/library-contract.ts';
import { MODELS_FOLDER } from '../../platform/storage/opfs.ts';
import type { WorkspaceStore } from '../store.ts';
import type { LibraryJob, LibraryState, ModelEntry } from '../types.ts';

/** What marks the models of this device among the ids that a link can name. */
const LOCAL = 'local:';

export const isLocalModel = (id: string | null): boolean => id?.startsWith(LOCAL) ?? false;

/** The id in a model's own manifest, which installed ones have under a mark. */
export const manifestId = (id: string): string => (isLocalModel(id) ? id.slice(LOCAL.length) : id);

/** An installed matcher as the match workspace offers it; null for encoders and depth networks. */
export function entryOfInstalled(model: InstalledModel): ModelEntry | null {
  if (!model.input) return null;
  const { id, name, licence, source, description, manifestUrl, bytes, input } = model;
  return { id: LOCAL + id, name, license: licence, source, description, manifestUrl, bytes, ...input };
}

export interface LibraryOptions {
  spawn: () => LibraryWorkerLike;
  /** Asks the browser not to clear this site's storage by itself. */
  persist?: () => Promise<unknown>;
  /** Told when a model has become ready while the panel was closed. */
  onReady?: (model: InstalledModel) => void;
}

type Run = (options: CallOptions<InstallProgress>) => Promise<InstalledModel>;

/** The models of this device: installing, pausing, removing. The worker starts when it is needed first. */
export class Library {
  private readonly link: WorkerLink<ModelLibraryApi, InstallProgress>;
  private readonly running = new Map<string, AbortController>();

  constructor(
    private readonly store: WorkspaceStore,
    private readonly options: LibraryOptions,
  ) {
    // Every job of a worker that dies is rejected with that; the next wish starts another worker.
    this.link = new WorkerLink({ kind: LIBRARY, spawn: options.spawn, onEnd: (error) => error && this.fail(error) });
  }

  /** Shows the panel, with what is on the device now. */
  open(): void {
    this.patch({ isOpen: true });
    void this.refresh();
  }

  close(): void {
    this.patch({ isOpen: false, error: null });
  }

  /** Reads the list from the device. What cannot be read is told in the panel. */
  async refresh(): Promise<void> {
    try {
      const { installed, partial, networks, storage } = await this.link.call('list', {});
      const known = new Set(this.state.jobs.map(({ id }) => id));
      const paused = partial
        .filter(({ recipe }) => !known.has(recipe.id))
        .map(
          ({ recipe, loaded, total }): LibraryJob => ({
            ...newJob(recipe.id, recipe.name, recipe),
            status: 'paused',
            phase: 'download',
            loaded,
            total,
          }),
        );
      this.patch({ installed, networks, storage, jobs: [...this.state.jobs, ...paused] });
    } catch (thrown) {
      this.patch({ installed: this.state.installed ?? [] });
      this.fail(thrown);
    }
  }

  /** Reads the list if there is anything on the device; a page that never had a model starts no worker. */
  async refreshIfUsed(): Promise<void> {
    try {
      await (await navigator.storage.getDirectory()).getDirectoryHandle(MODELS_FOLDER);
    } catch {
      return;
    }
    await this.refresh();
  }

  /** Downloads and converts, or goes on with it. */
  install(recipe: ModelRecipe): Promise<void> {
    return this.run(recipe.id, recipe.name, recipe, (options) => this.link.call('install', { recipe }, options));
  }

  /** Converts files that the person gave. */
  convert(recipe: ModelRecipe, files: File[]): Promise<void> {
    this.patch({ offered: [] });
    return this.run(recipe.id, recipe.name, null, (options) => this.link.call('convert', { recipe, files }, options));
  }

  /** Takes dropped files: ready models are installed, checkpoints wait in the panel for the person's choices. */
  offer(files: File[]): void {
    this.patch({ isOpen: true });
    if (this.state.installed === null) void this.refresh();
    const isReady = files.some(({ name }) => /\.(onnx|json)$/i.test(name));
    if (isReady) {
      const name = files.map((file) => file.name).find((one) => /\.onnx$/i.test(one)) ?? files[0].name;
      void this.run(name, name, null, (options) => this.link.call('add', { files }, options));
      return;
    }
    // A matcher's two files may come one after the other; one that comes again replaces its former self.
    const kept = this.state.offered.filter((old) => files.every(({ name }) => name !== old.name));
    this.patch({ offered: [...kept, ...files] });
  }

  withdraw(): void {
    this.patch({ offered: [] });
  }

  /** Stops a job; what has been downloaded is kept. */
  pause(id: string): void {
    this.running.get(id)?.abort();
  }

  /** Goes on with a paused or failed download. */
  resume(id: string): void {
    const recipe = this.state.jobs.find((job) => job.id === id)?.recipe;
    if (recipe) void this.install(recipe);
  }

  /** Stops a job and throws away what has been downloaded. */
  async cancel(id: string): Promise<void> {
    const job = this.state.jobs.find((one) => one.id === id);
    this.running.get(id)?.abort();
    this.running.delete(id);
    this.patch({ jobs: this.state.jobs.filter((one) => one.id !== id) });
    if (!job?.recipe) return;
    await this.guard(() => this.untilFree(() => this.link.call('discard', { id })));
    await this.refresh();
  }

  /** Removes an installed model from the device. */
  async remove(id: string): Promise<void> {
    await this.guard(() => this.link.call('remove', { id }));
    await this.refresh();
  }

  /** Removes a kept network of the lift studio from the device. */
  async removeNetwork(purpose: NetworkPurpose): Promise<void> {
    await this.guard(() => this.link.call('removeNetwork', { purpose }));
    await this.refresh();
  }

  /** Asks the browser to keep what is installed. A refusal changes nothing but the risk. */
  persist(): void {
    void this.options.persist?.().catch(() => undefined);
  }

  dispose(): void {
    this.link.dispose();
  }

  private get state(): LibraryState {
    return this.store.getState().library;
  }

  private async run(id: string, name: string, recipe: ModelRecipe | null, call: Run): Promise<void> {
    if (this.running.has(id)) return;
    const controller = new AbortController();
    this.running.set(id, controller);
    this.patch({ error: null });
    this.setJob({ ...newJob(id, name, recipe), ...this.progressOf(id) });
    // Within the person's click, where the browser wants that.
    this.persist();
    try {
      const model = await call({
        signal: controller.signal,
        onProgress: (progress) => this.running.get(id) === controller && this.updateJob(id, progressFields(progress)),
      });
      this.patch({ jobs: this.state.jobs.filter((job) => job.id !== id) });
      await this.refresh();
      if (!this.state.isOpen) this.options.onReady?.(model);
    } catch (thrown) {
      // A cancelled job is gone from the list by now.
      if (isCancelled(thrown) && recipe) this.updateJob(id, { status: 'paused', bytesPerSecond: null });
      else if (isCancelled(thrown)) this.patch({ jobs: this.state.jobs.filter((job) => job.id !== id) });
      else this.updateJob(id, { status: 'failed', error: toPlainError(thrown), bytesPerSecond: null });
    } finally {
      if (this.running.get(id) === controller) this.running.delete(id);
    }
  }

  /** What an earlier run of the same job had reached. */
  private progressOf(id: string): Partial<LibraryJob> {
    const job = this.state.jobs.find((one) => one.id === id);
    return job ? { phase: job.phase, loaded: job.loaded, total: job.total } : {};
  }

  /** An aborted job lets go of its files a moment after the page has heard of it. */
  private async untilFree(task: () => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await task();
      } catch (thrown) {
        if (toPlainError(thrown).code !== 'model-busy' || attempt >= 20) throw thrown;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  private async guard(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private fail(thrown: unknown): void {
    if (!isCancelled(thrown)) this.patch({ error: toPlainError(thrown) });
  }

  private setJob(job: LibraryJob): void {
    const { jobs } = this.state;
    const isKnown = jobs.some(({ id }) => id === job.id);
    this.patch({ jobs: isKnown ? jobs.map((old) => (old.id === job.id ? job : old)) : [...jobs, job] });
  }

  private updateJob(id: string, fields: Partial<LibraryJob>): void {
    this.patch({ jobs: this.state.jobs.map((job) => (job.id === id ? { ...job, ...fields } : job)) });
  }

  private patch(fields: Partial<LibraryState>): void {
    this.store.setState(({ library }) => ({ library: { ...library, ...fields } }));
  }
}

const progressFields = ({ phase, item, loaded, total, bytesPerSecond }: InstallProgress): Partial<LibraryJob> => ({
  phase,
  item,
  loaded,
  total,
  bytesPerSecond,
});

const newJob = (id: string, name: string, recipe: ModelRecipe | null): LibraryJob => ({
  id,
  name,
  recipe,
  status: 'running',
  phase: null,
  item: '',
  loaded: 0,
  total: null,
  bytesPerSecond: null,
  error: null,
});
