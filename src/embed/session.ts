import { createStore, type StoreApi } from 'zustand/vanilla';
import { CodedError, isCancelled, toPlainError } from '../core/errors.ts';
import type { Side } from '../core/geometry.ts';
import { fetchPhoto, nameOfAddress, resolvePhotoUrl } from '../workspace/photos/fetch-photo.ts';
import { fetchPoster } from '../pages/match/state/sharing/share-poster.ts';
import { DEFAULT_EXPORT_SETTINGS } from '../pages/match/params/export.ts';
import type { MatchState } from '../pages/match/state/types.ts';
import { formatAddress, parseAddress } from '../pages/match/state/address/url.ts';
import type { MatchWorkspace } from '../pages/match/state/match-workspace.ts';
import type { EmbedMessage, HostCommand, Resource } from './messages.ts';
import type { EmbedOptions } from './options.ts';

/** What the embedded view shows besides its workspace. */
export interface EmbedState {
  /** Whether the engine may be started: before that only the poster is downloaded. */
  isActive: boolean;
  controls: boolean;
  /** Pictures that stand for the match until then: one of a share file, or the photos. */
  poster: { kind: 'picture'; url: string } | { kind: 'photos'; a: string | null; b: string | null };
}

type Loaded = Partial<Record<Side | 'share', Resource>>;

/** Progress messages are at least so far apart, milliseconds. */
const PROGRESS_INTERVAL = 100;
const SIDES: readonly Side[] = ['a', 'b'];

/**
 * One embedded match: a poster at first; once activated, the photos are opened and matched, or a share file is shown.
 * Used by embed.html, where a host commands by messages, and by the custom element.
 */
export class EmbedSession {
  readonly store: StoreApi<EmbedState>;
  private resources: Loaded;
  private readonly unsubscribe: () => void;
  private readonly closing = new AbortController();
  /** Object URLs of posters, to be revoked. */
  private readonly urls: string[] = [];
  private progressAt = 0;
  private areModelsAsked = false;
  private reported = { width: 0, height: 0 };

  /**
   * @param base absolute address that relative addresses of photos and share files start from
   * @param emit takes what a host may be told
   */
  constructor(
    readonly workspace: MatchWorkspace,
    options: EmbedOptions,
    private readonly base: string,
    private readonly emit: (message: EmbedMessage) => void,
  ) {
    const { address, share, theme, controls } = options;
    const { a, b } = address.photos;
    this.resources = { ...(a !== null && { a }), ...(b !== null && { b }), ...(share !== null && { share }) };
    this.store = createStore<EmbedState>()(() => ({
      isActive: false,
      controls,
      poster: { kind: 'photos', a: null, b: null },
    }));
    workspace.store.setState(({ geometry }) => ({
      view: address.view,
      settings: address.settings,
      geometry: { ...geometry, ...address.geometry },
      exports: address.exports ?? DEFAULT_EXPORT_SETTINGS,
      theme,
    }));
    workspace.probing.setPins(address.pins);
    this.unsubscribe = workspace.store.subscribe((now, before) => this.tell(now, before));
    void this.showPoster();
  }

  /** Starts the engine and opens what was asked for. Does nothing the second time. */
  async activate(): Promise<void> {
    if (this.store.getState().isActive) return;
    this.store.setState({ isActive: true });
    await this.open(this.resources);
  }

  /** Does what a host asks; failures are told as `error`. */
  async handle(command: HostCommand): Promise<void> {
    const { id: replyTo } = command;
    try {
      switch (command.type) {
        case 'load':
          await this.load(command);
          break;
        case 'run':
          await this.run();
          break;
        case 'set':
          this.set(command.options);
          break;
        case 'export': {
          const { exporting } = this.workspace;
          const choice = { ...exporting.choice(), ...command };
          const { name, blob, notes } = await exporting.make(choice, { signal: this.closing.signal });
          this.emit({ type: 'result', kind: 'export', replyTo, name, blob, notes });
          return;
        }
      }
      this.emit({ type: 'result', kind: 'done', replyTo });
    } catch (thrown) {
      if (!isCancelled(thrown)) this.emit({ type: 'error', replyTo, ...toPlainError(thrown) });
    }
  }

  /** Replaces photos or shows a share file; before the embed is active only its poster changes. */
  async load({ a, b, share }: Loaded): Promise<void> {
    const given: Loaded = share === undefined ? { a, b } : { share };
    this.resources = share === undefined ? { a: a ?? this.resources.a, b: b ?? this.resources.b } : given;
    if (this.store.getState().isActive) await this.open(given);
    else await this.showPoster();
  }

  /** Matches the photos, those of a share file too. */
  async run(): Promise<void> {
    const wasActive = this.store.getState().isActive;
    await this.activate();
    if (!wasActive && this.resources.share === undefined) return;
    // Models that arrive begin a match by themselves.
    if (!(await this.askForModels())) this.workspace.matching.request();
  }

  /** Changes view and settings by the parameters of a link; unknown ones count for nothing. */
  set(options: Record<string, string>): void {
    const { workspace } = this;
    const { view, settings, pins, geometry, exports } = workspace.store.getState();
    const query = new URLSearchParams(
      formatAddress({ view, settings, pins, geometry, exports, sample: null, photos: { a: null, b: null } }),
    );
    for (const [name, value] of Object.entries(options)) query.set(name, value);
    const asked = parseAddress(`?${query}`);
    workspace.updateView(asked.view);
    if (JSON.stringify(asked.settings) !== JSON.stringify(settings)) workspace.updateSettings(asked.settings);
    const isAboutFit = Object.keys(options).some((name) => name === 'fit' || name.startsWith('fit.'));
    if (isAboutFit) workspace.store.setState({ geometry: { ...geometry, ...asked.geometry } });
    if (asked.exports) workspace.exporting.change(asked.exports);
    const { theme, controls } = options;
    if (theme === 'light' || theme === 'dark' || theme === 'auto') workspace.store.setState({ theme });
    if (controls === '0' || controls === '1') this.store.setState({ controls: controls === '1' });
  }

  /** Tells the host which size would fit, when that changes. */
  reportSize(width: number, height: number): void {
    const size = { width: Math.round(width), height: Math.round(height) };
    if (size.width === this.reported.width && size.height === this.reported.height) return;
    this.reported = size;
    this.emit({ type: 'size', ...size });
  }

  dispose(): void {
    this.unsubscribe();
    this.closing.abort();
    for (const url of this.urls) URL.revokeObjectURL(url);
  }

  private async open({ a, b, share }: Loaded): Promise<void> {
    const { workspace } = this;
    if (share !== undefined) {
      const { file, name } = await this.shareFile(share);
      await workspace.sharing.open(file, name);
      return;
    }
    void this.askForModels();
    const open = (side: Side, resource: Resource) =>
      typeof resource === 'string'
        ? workspace.photos.openAddress(side, this.absolute(resource).href, true)
        : workspace.photos.openFile(side, resource, resource instanceof File ? resource.name : `photo ${side}`);
    await Promise.all([a !== undefined && open('a', a), b !== undefined && open('b', b)]);
  }

  private async shareFile(share: Resource): Promise<{ file: Blob; name: string }> {
    if (typeof share !== 'string') return { file: share, name: share instanceof File ? share.name : 'share file' };
    const url = this.absolute(share);
    return { file: await fetchPhoto(url, this.closing.signal), name: nameOfAddress(url) };
  }

  /** Reads the catalogue of models once; false where that has been done before. */
  private async askForModels(): Promise<boolean> {
    if (this.areModelsAsked) return false;
    this.areModelsAsked = true;
    await this.workspace.loadModels();
    return true;
  }

  private async showPoster(): Promise<void> {
    const { share } = this.resources;
    try {
      if (share !== undefined) {
        const url = typeof share === 'string' ? this.absolute(share) : new URL(this.objectUrl(share));
        const picture = await fetchPoster(url, this.closing.signal);
        if (picture) this.store.setState({ poster: { kind: 'picture', url: this.objectUrl(picture) } });
        return;
      }
      const [a, b] = SIDES.map((side) => {
        const resource = this.resources[side];
        if (resource === undefined) return null;
        return typeof resource === 'string' ? this.absolute(resource).href : this.objectUrl(resource);
      });
      this.store.setState({ poster: { kind: 'photos', a, b } });
    } catch (thrown) {
      // Only the picture is missing so far: whoever starts the match is told why it cannot be had.
      if (thrown instanceof CodedError && !isCancelled(thrown)) this.emit({ type: 'error', ...toPlainError(thrown) });
    }
  }

  private absolute(address: string): URL {
    return resolvePhotoUrl(address, this.base);
  }

  private objectUrl(blob: Blob): string {
    const url = URL.createObjectURL(blob);
    this.urls.push(url);
    return url;
  }

  private tell(now: MatchState, before: MatchState): void {
    if (now.result && now.result !== before.result) this.emit({ type: 'result', kind: 'match', result: now.result });
    const { job } = now;
    if (job?.progress && job !== before.job) {
      const time = performance.now();
      const isNewStage = job.stage !== before.job?.stage;
      if (isNewStage || time - this.progressAt >= PROGRESS_INTERVAL) {
        this.progressAt = time;
        this.emit({ type: 'progress', ...job.progress });
      }
    }
    for (const notice of now.notices) {
      if (notice.kind !== 'error' || before.notices.includes(notice)) continue;
      const { code, message, remedy } = notice;
      this.emit({ type: 'error', code, message, remedy });
    }
  }
}
