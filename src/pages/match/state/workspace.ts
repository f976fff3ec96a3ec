import type { EngineWorkerLike } from '../link/engine-client.ts';
import type { LibraryWorkerLike } from '../../../workspace/library/model-library-client.ts';

import type { MatchSettings, ModelEntry, PageName, WorkspaceState } from '../../../workspace/types.ts';
import type { ViewSettings } from '../contract/view.ts';
import { addressOf } from './address/address.ts';
import { fetchJson, parseSamples } from '../../../workspace/site-lists.ts';
import { type EmbedChoice, embedSnippet } from './address/embed-snippet.ts';
import { EngineLink } from './engine-link.ts';
import { Exporting } from './sharing/exporting.ts';
import { Geometry } from './geometry/geometry.ts';
import { entryOfInstalled, isLocalModel, Library } from '../../../workspace/library/library.ts';
import { chosenModel, Matching } from './matching.ts';
import { loadModels } from '../../../workspace/models.ts';
import { Notices } from '../../../platform/page/notices.ts';
import { Photos } from '../../../workspace/photos/photos.ts';
import { Probing } from './probing.ts';
import { isShareFile, Sharing } from './sharing/sharing.ts';
import { createWorkspaceStore } from './store.ts';
import type { WorkspaceStore } from './store.ts';
import { formatAddress } from './address/url.ts';
import type { AddressState } from './address/url.ts';
import { ViewSync } from './view-sync.ts';

const SHARE_OPENED = {
  code: 'share-opened',
  message: 'This match was computed when it was saved. Nothing has run here.',
  remedy: '',
};

export interface WorkspaceOptions {
  /** Makes the engine's worker; called again after each death. */
  spawn: () => EngineWorkerLike;
  /** Makes the worker that downloads, converts and keeps models; without it there are only the site's own. */
  spawnLibrary?: () => LibraryWorkerLike;
  /** Absolute address that samples/, models/ and relative photo addresses start from. */
  base: string;
  initial?: Partial<WorkspaceState>;
  fetcher?: typeof fetch;
}

/**
 * One matching workspace without its looks: the state, and everything a person can do to it. Framework-free; two can
 * live on one page.
 */
export class Workspace {
  readonly store: WorkspaceStore;
  readonly notices: Notices;
  readonly link: EngineLink;
  readonly matching: Matching;
  readonly photos: Photos;
  readonly probing: Probing;
  readonly viewSync: ViewSync;
  readonly exporting: Exporting;
  readonly geometry: Geometry;
  readonly sharing: Sharing;
  /** Null where the page was made without one. */
  readonly library: Library | null;
  /** The models that come with the site. */
  private bundled: ModelEntry[];
  private readonly unsubscribe: () => void;

  constructor(private readonly options: WorkspaceOptions) {
    this.store = createWorkspaceStore(options.initial);
    this.notices = new Notices(this.store);
    this.link = new EngineLink(this.store, {
      spawn: options.spawn,
      notices: this.notices,
      restore: async (call) => {
        await this.viewSync.restore(call);
        await this.photos.restore(call);
      },
      onReady: () => this.matching.resume(),
    });
    this.probing = new Probing(this.store, this.link, this.notices);
    this.matching = new Matching(this.store, this.link, this.notices, () => {
      this.link.confirm();
      void this.probing.refresh();
    });
    this.library = options.spawnLibrary
      ? new Library(this.store, {
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
    this.bundled = this.store.getState().models;
    this.photos = new Photos(this.store, this.link, this.matching, this.notices, {
      base: options.base,
      fetcher: options.fetcher,
      onModelFiles: (files) => this.library?.offer(files),
      openShare: async (file) => {
        if (!(await isShareFile(file, file.name))) return false;
        if (await this.sharing.open(file, file.name)) this.notices.add('info', SHARE_OPENED);
        return true;
      },
    });
    this.geometry = new Geometry(this.store, this.link);
    this.exporting = new Exporting(this.store, this.link);
    this.sharing = new Sharing(this.store, this.link, this.photos, this.probing);
    this.viewSync = new ViewSync(this.store, this.link, this.notices);
    this.unsubscribe = this.store.subscribe((now, before) => this.follow(now, before));
  }

  /** Loads the catalogues and opens what the link asks for; without photos in it, the first sample. */
  async open(address: AddressState): Promise<void> {
    const { page, pageOptions = {}, view, settings, geometry } = address;
    this.store.setState({ page, pageOptions, view, settings });
    if (geometry) this.store.setState({ geometry: { ...this.store.getState().geometry, ...geometry } });
    this.probing.setPins(address.pins);
    const models = this.loadModels();
    await this.loadSamples();
    const { a, b } = address.photos;
    if (a !== null || b !== null) {
      const wanted = [
        a !== null && this.photos.openAddress('a', a, true),
        b !== null && this.photos.openAddress('b', b, true),
      ];
      await Promise.all(wanted);
    } else {
      const { samples } = this.store.getState();
      const sample = samples.find(({ id }) => id === address.sample) ?? samples[0];
      if (sample) await this.photos.openSample(sample.id, true);
    }
    await models;
  }

  /** Absolute address that relative ones start from. */
  get base(): string {
    return this.options.base;
  }

  showPage(page: PageName): void {
    this.store.setState({ page });
  }

  /** Keeps what a page says of itself in the link: names begin with the page's, as in `compare.tab`. */
  linkPage(page: PageName, options: Readonly<Record<string, string>>): void {
    const others = Object.entries(this.store.getState().pageOptions).filter(([name]) => !name.startsWith(`${page}.`));
    this.store.setState({ pageOptions: { ...Object.fromEntries(others), ...options } });
  }

  /** Changes what is shown; redraws and never runs a model. */
  updateView(patch: Partial<ViewSettings>): void {
    this.store.setState(({ view }) => ({ view: { ...view, ...patch } }));
  }

  /** Changes how photos are matched; matches anew. */
  updateSettings(patch: Partial<MatchSettings>): void {
    this.store.setState(({ settings }) => ({ settings: { ...settings, ...patch } }));
  }

  /** Absolute address of a page that shows what this one shows. */
  address(): string {
    const query = formatAddress(addressOf(this.store.getState(), this.options.base));
    return this.options.base + (query && `?${query}`);
  }

  /** HTML that shows this in another page. */
  embedSnippet(choice: EmbedChoice): string {
    return embedSnippet(this.store.getState(), this.options.base, choice);
  }

  dispose(): void {
    this.unsubscribe();
    this.library?.dispose();
    this.matching.abort();
    this.viewSync.dispose();
    this.geometry.dispose();
    this.link.dispose();
  }

  private follow(now: WorkspaceState, before: WorkspaceState): void {
    if (now.settings.provider !== before.settings.provider) {
      // Each provider gets a worker of its own: sessions of both in one exhaust the page's memory.
      this.link.restart();
    } else if (now.settings !== before.settings || chosenModel(now)?.manifestUrl !== chosenModel(before)?.manifestUrl) {
      this.matching.request();
    }
    if (now.page !== before.page) this.matching.resumePostponed();
    if (now.library.installed !== before.library.installed) this.offerModels();
  }

  /** The site's models, then the matchers among the installed ones. */
  private offerModels(): void {
    const installed = (this.store.getState().library.installed ?? [])
      .map(entryOfInstalled)
      .filter((entry) => entry !== null);
    this.store.setState({ models: [...this.bundled, ...installed] });
  }

  /** Reads which models there are. Done by {@link open}; needed only by pages that open photos themselves. */
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

  private async loadSamples(): Promise<void> {
    try {
      const index = new URL('samples/index.json', this.options.base);
      this.store.setState({ samples: parseSamples(await fetchJson(index, undefined, this.options.fetcher), index) });
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }
}
