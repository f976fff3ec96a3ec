import { GPU_WRONG, type GpuCheck, type ProbeResult } from '../core/match.ts';
import { Notices } from '../platform/page/notices.ts';
import { toPlainError, type CodedError } from '../core/errors.ts';
import { DeviceLoss } from '../platform/worker/worker-client.ts';
import { KnownGpu } from './known-gpu.ts';
import { entryOfInstalled, isLocalModel, Library } from './library/library.ts';
import type { LibraryWorkerLike } from './library/library-worker.ts';
import { loadModels } from './models.ts';
import type { PairKnown, PhotoEngine, PhotoPlace } from './photos/photo-engine.ts';
import { Photos } from './photos/photos.ts';
import { fetchJson, parseSamples } from './site-lists.ts';
import type { WorkspaceStore } from './store.ts';
import type { MatchSettings, ModelEntry } from './types.ts';

export interface WorkspaceOptions {
  /** Makes the worker that downloads, converts and keeps models; without it there are only the site's own. */
  spawnLibrary?: () => LibraryWorkerLike;
  /** Absolute address that samples/, models/ and relative photo addresses start from. */
  base: string;
  fetcher?: typeof fetch;
  /** Where checks of the GPU are kept between visits; without one they last as long as the page. */
  storage?: () => Storage | null;
  /** What is kept over a reload of the tab; without one it lasts as long as the page. */
  tabStorage?: () => Storage | null;
}

/**
 * What all pages share, without its looks: two photos, the samples and models to choose from, notices, and which page is
 * shown. Opening a photo and matching is the business of the engine behind it. Framework-free; two can live on one page.
 */
export class Workspace {
  readonly notices: Notices;
  readonly photos: Photos;
  readonly gpu: KnownGpu;
  /** Null where the page was made without one. */
  readonly library: Library | null;
  /** The models that come with the site. */
  private bundled: ModelEntry[];
  private readonly gpuAction = { label: 'Try the GPU again', run: () => this.tryGpuAgain() };
  private readonly unfollow: () => void;

  constructor(
    readonly store: WorkspaceStore,
    protected readonly options: WorkspaceOptions,
    private readonly engine: PhotoEngine,
  ) {
    this.notices = new Notices(store);
    this.gpu = new KnownGpu(options.storage ?? (() => null), options.tabStorage ?? (() => null));
    this.library = options.spawnLibrary
      ? new Library(store, {
          spawn: options.spawnLibrary,
          persist: async () => navigator.storage.persist(),
          onReady: ({ name }) =>
            this.notices.add('info', {
              code: 'model-ready',
              message: `${name} is ready.`,
              remedy: 'Choose it under Models.',
            }),
        })
      : null;
    this.bundled = store.getState().models;
    this.photos = new Photos(store, engine, this.notices, {
      base: options.base,
      fetcher: options.fetcher,
      onModelFiles: (files) => this.library?.offer(files),
    });
    this.unfollow = store.subscribe((now, before) => {
      if (now.library.installed !== before.library.installed) this.offerModels();
    });
  }

  /** Absolute address that relative ones start from. */
  get base(): string {
    return this.options.base;
  }

  showPage(page: string): void {
    this.store.setState({ page });
  }

  /** Shows photos A and B, which were just opened, on the match page, with what is known of them. */
  async showPair(known: PairKnown): Promise<void> {
    await this.engine.tell(known);
    this.showPage('match');
  }

  /** What a page's worker found of the GPU: remembered for all pages, and told where the CPU takes over. */
  tellCheck(check: GpuCheck): void {
    const isKnown = this.gpu.checks.known()[check.key]?.verdict === check.verdict;
    this.gpu.checks.remember(check);
    if (check.verdict !== 'wrong' || isKnown) return;
    this.notices.add('info', { code: GPU_WRONG, message: check.providerReason, remedy: '' }, this.gpuAction);
  }

  /** What a page's worker died of, told once. */
  tellEnd(error: CodedError): void {
    const { avoided } = this.gpu.losses;
    if (!avoided || !(error instanceof DeviceLoss)) {
      this.notices.add('error', toPlainError(error));
      return;
    }
    const remedy = 'The CPU takes over, more slowly. An update of the browser or of the graphics driver may mend it.';
    // Another start was promised there.
    this.notices.dismissCode(error.code);
    this.notices.add('error', { code: 'gpu-avoided', message: avoided, remedy }, this.gpuAction);
  }

  /** Gives the GPU another try where it was found wrong, or was lost: every page's worker starts anew. */
  tryGpuAgain(): void {
    this.gpu.forget();
    for (const code of ['gpu-avoided', GPU_WRONG]) this.notices.dismissCode(code);
    this.store.setState(({ gpuTries }) => ({ gpuTries: gpuTries + 1 }));
  }

  /** Keeps what a page says of itself in the link: names are the page's, or begin with it: `compare.tab`. */
  linkPage(page: string, options: Readonly<Record<string, string>>): void {
    const isOf = (name: string) => name === page || name.startsWith(`${page}.`);
    const others = Object.entries(this.store.getState().pageOptions).filter(([name]) => !isOf(name));
    this.store.setState({ pageOptions: { ...Object.fromEntries(others), ...options } });
  }

  /** Changes how photos are matched; matches anew. */
  updateSettings(patch: Partial<MatchSettings>): void {
    this.store.setState(({ settings }) => ({ settings: { ...settings, ...patch } }));
  }

  /** Where the match has a place of A or B in the other photo; null where nothing is known. Never rejects. */
  async placeOf(place: PhotoPlace): Promise<ProbeResult | null> {
    return this.store.getState().result ? this.engine.placeOf(place).catch(() => null) : null;
  }

  /** Reads which models there are. Needed only by pages that open photos themselves. */
  async loadModels(): Promise<void> {
    try {
      const index = new URL('models/index.json', this.options.base);
      this.bundled = await loadModels(index, (thrown) => this.notices.report(thrown), this.options.fetcher);
      const installed = this.library?.refreshIfUsed();
      // A link that names an installed model is not to be matched with another one first.
      if (isLocalModel(this.store.getState().settings.modelId)) await installed;
      this.offerModels();
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }

  dispose(): void {
    this.unfollow();
    this.library?.dispose();
  }

  /** Opens the photos of these addresses, else the sample of that id, else the first one. */
  protected async openPhotos({ a, b, sample: id }: { a: string | null; b: string | null; sample: string | null }) {
    await this.loadSamples();
    if (a !== null || b !== null) {
      const wanted = [
        a !== null && this.photos.openAddress('a', a, true),
        b !== null && this.photos.openAddress('b', b, true),
      ];
      await Promise.all(wanted);
    } else {
      const { samples } = this.store.getState();
      const sample = samples.find((one) => one.id === id) ?? samples[0];
      if (sample) await this.photos.openSample(sample.id, true);
    }
  }

  /** The site's models, then the matchers among the installed ones. */
  private offerModels(): void {
    const installed = (this.store.getState().library.installed ?? [])
      .map(entryOfInstalled)
      .filter((entry) => entry !== null);
    this.store.setState({ models: [...this.bundled, ...installed] });
  }

  private async loadSamples(): Promise<void> {
    try {
      const index = new URL('samples/index.json', this.options.base);
      this.store.setState({ samples: parseSamples(await fetchJson(index, undefined, this.options.fetcher), index) });
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }
}
