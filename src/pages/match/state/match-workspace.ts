import { otherSide } from '../../../core/geometry.ts';
import type { GpuCheck } from '../../../core/match.ts';
import { chosenModel } from '../../../workspace/models.ts';
import type { PhotoEngine } from '../../../workspace/photos/photo-engine.ts';
import { needsOtherWorker } from '../../../workspace/store.ts';
import { Workspace, type WorkspaceOptions } from '../../../workspace/workspace.ts';
import type { ViewSettings } from '../contract/view.ts';
import type { EngineWorkerLike } from '../link/engine.ts';
import { overLosses } from '../../../platform/worker/over-losses.ts';
import { addressOf } from './address/address.ts';
import { type EmbedChoice, embedSnippet } from './address/embed-snippet.ts';
import { formatAddress } from './address/url.ts';
import type { AddressState } from './address/url.ts';
import { EngineLink } from './engine-link.ts';
import { Flying } from './fly/flying.ts';
import { Geometry } from './geometry/geometry.ts';
import { Masks } from './masks/masks.ts';
import { Matching } from './matching.ts';
import { flipPin, Probing } from './probing.ts';
import { Exporting } from './sharing/exporting.ts';
import { isShareFile, Sharing } from './sharing/sharing.ts';
import { createMatchStore } from './store.ts';
import type { MatchStore } from './store.ts';
import type { MatchState } from './types.ts';
import { ViewSync } from './view-sync.ts';

const SHARE_OPENED = {
  code: 'share-opened',
  message: 'This match was computed when it was saved. Nothing has run here.',
  remedy: '',
};

/** Files of cameras, by name: COLMAP’s cameras.txt, calibrations in YAML. JSON, which models have, too, is chosen under “Geometry”. */
const CAMERA_FILE = /\.ya?ml$|(^|[-_ ])cameras?\.txt$/i;

export interface MatchWorkspaceOptions extends WorkspaceOptions {
  /** Makes the engine's worker; called again after each death. */
  spawn: () => EngineWorkerLike;
  initial?: Partial<MatchState>;
  /** Pages that need the machine for themselves: while one is shown, matching waits. */
  pausedBy?: readonly string[];
}

/** The workspace with the engine that matches its photos: the match page's state, and everything a person can do there. */
export class MatchWorkspace extends Workspace {
  declare readonly store: MatchStore;
  readonly link: EngineLink;
  readonly matching: Matching;
  readonly probing: Probing;
  readonly viewSync: ViewSync;
  readonly exporting: Exporting;
  readonly geometry: Geometry;
  readonly masks: Masks;
  readonly flying: Flying;
  readonly sharing: Sharing;
  private readonly unsubscribe: () => void;

  constructor(options: MatchWorkspaceOptions) {
    const store = createMatchStore(options.initial);
    super(
      store,
      options,
      photoEngine(() => this),
    );
    this.link = new EngineLink(store, {
      spawn: options.spawn,
      gpu: this.gpu,
      tellEnd: (error) => this.tellEnd(error),
      restore: async (call) => {
        await this.viewSync.restore(call);
        await this.photos.restore((photo) => call('setPhoto', photo));
        await this.masks.restore(call);
      },
      onReady: (anew) => this.matching.resume(anew),
    });
    this.probing = new Probing(store, this.link, this.notices);
    this.matching = new Matching(
      store,
      this.link,
      this.notices,
      () => {
        this.link.confirm();
        this.keepFresh();
        void this.probing.refresh();
      },
      (check) => this.showCheck(check),
      (page) => options.pausedBy?.includes(page) ?? false,
    );
    this.geometry = new Geometry(store, this.link);
    this.flying = new Flying(store, this.link, (check) => this.tellCheck(check));
    this.exporting = new Exporting(store, this.link);
    this.masks = new Masks(store, this.link, this.notices, options.tabStorage ?? (() => null));
    this.sharing = new Sharing(store, this.link, this.photos, this.probing, this.masks);
    this.viewSync = new ViewSync(store, this.link, this.notices);
    this.unsubscribe = store.subscribe((now, before) => this.follow(now, before));
  }

  /** Loads the catalogues and opens what the link asks for; without photos in it, the first sample. */
  async open(address: AddressState): Promise<void> {
    const { page, pageOptions = {}, view, settings, geometry, exports } = address;
    this.store.setState({ page, pageOptions, view, settings, ...(exports && { exports }) });
    if (geometry) this.store.setState({ geometry: { ...this.store.getState().geometry, ...geometry } });
    this.probing.setPins(address.pins);
    const models = this.loadModels();
    await this.openPhotos({ ...address.photos, sample: address.sample });
    await models;
  }

  /** Changes what is shown; redraws and never runs a model. */
  updateView(patch: Partial<ViewSettings>): void {
    this.store.setState(({ view }) => ({ view: { ...view, ...patch } }));
  }

  /** Absolute address of a page that shows what this one shows. */
  address(): string {
    const query = formatAddress(addressOf(this.store.getState(), this.base));
    return this.base + (query && `?${query}`);
  }

  /** HTML that shows this in another page. */
  embedSnippet(choice: EmbedChoice): string {
    return embedSnippet(this.store.getState(), this.base, choice);
  }

  /** Opens a share file; one that is none is left to others. */
  async openShare(file: File): Promise<boolean> {
    if (!(await isShareFile(file, file.name))) return false;
    if (await this.sharing.open(file, file.name)) this.notices.add('info', SHARE_OPENED);
    return true;
  }

  override dispose(): void {
    this.unsubscribe();
    super.dispose();
    this.matching.abort();
    this.viewSync.dispose();
    this.geometry.dispose();
    this.masks.dispose();
    this.flying.dispose();
    this.link.dispose();
  }

  /** A match whose photos were both encoded for it tells how long its model takes; the Models panel counts them. */
  private keepFresh(): void {
    const { result } = this.store.getState();
    if (!result || result.isRecorded || result.cached.a || result.cached.b) return;
    this.store.setState(({ fresh }) => ({ fresh: { ...fresh, [result.modelId]: result } }));
  }

  private showCheck(check: GpuCheck): void {
    this.gpu.checks.remember(check);
    const { provider, providerReason } = check;
    this.store.setState(({ engine }) => ({
      engine: { ...engine, info: engine.info && { ...engine.info, provider, providerReason, check } },
    }));
  }

  private follow(now: MatchState, before: MatchState): void {
    if (needsOtherWorker(now, before)) {
      this.link.retry();
    } else if (chosenModel(now)?.manifestUrl !== chosenModel(before)?.manifestUrl) {
      // Another model may be right on a GPU that is wrong for one; an engine that went to the CPU stays there.
      if (now.engine.info?.check?.verdict === 'wrong') this.link.restart();
      else this.matching.request();
    } else if (now.settings !== before.settings) {
      this.matching.request();
    }
    if (now.page !== before.page) this.matching.resumePostponed();
  }
}

/** The match page's engine behind the photo slots. The workspace is asked for when something is done with it. */
function photoEngine(of: () => MatchWorkspace): PhotoEngine {
  return {
    setPhoto: (photo) => overLosses(() => of().link.call('setPhoto', photo)),
    clearPhoto: (photo) => of().link.call('clearPhoto', photo),
    swap: () => of().link.call('swap', {}),
    abort: () => of().matching.abort(),
    request: () => of().matching.request(),
    placeOf: async (place) => (of().store.getState().engine.status === 'ready' ? of().link.call('probe', place) : null),
    takeFiles: async (files) => {
      const cameras = files.filter(({ name }) => CAMERA_FILE.test(name));
      const { rest, after } = of().masks.take(files.filter((file) => !cameras.includes(file)));
      return {
        rest,
        after: async () => {
          await after();
          if (cameras.length === 0) return;
          const { openCameras } = await import('./geometry/open-cameras.ts');
          for (const file of cameras) await openCameras(of(), file);
        },
      };
    },
    tell: async ({ cameras, masks, points }) => {
      const { geometry } = of();
      if (cameras) geometry.update({ camera: cameras });
      if (masks.a || masks.b) await of().masks.show(masks);
      if (points) geometry.showPoints();
    },
    openShare: (file) => of().openShare(file),
    // Places on the other photo stay; what they match is no longer known.
    replaced: (side, keepPlaces): Partial<MatchState> => {
      const { pins, masks } = of().store.getState();
      const others = pins.filter((pin) => pin.side === otherSide(side)).map((pin) => ({ ...pin, result: null }));
      return { probe: null, pins: keepPlaces ? pins : others, masks: { ...masks, [side]: null } };
    },
    exchanged: (): Partial<MatchState> => {
      const { pins, masks, geometry } = of().store.getState();
      const { settings } = geometry;
      const { camera, fov } = settings;
      const swapped = { ...settings, camera: { a: camera.b, b: camera.a }, fov: { a: fov.b, b: fov.a } };
      return {
        probe: null,
        pins: pins.map(flipPin),
        masks: { a: masks.b, b: masks.a },
        geometry: { ...geometry, settings: swapped },
      };
    },
  };
}
