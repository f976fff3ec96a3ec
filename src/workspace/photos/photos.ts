import { CodedError, isCancelled } from '../../core/errors.ts';
import type { Side } from '../../core/geometry.ts';
import { fetchPhoto, nameOfAddress, resolvePhotoUrl } from './fetch-photo.ts';
import { planIntake } from './intake.ts';
import type { Offer } from './intake.ts';
import { isWorkerDeath } from '../../platform/worker/worker-client.ts';
import type { Notices } from '../../platform/page/notices.ts';
import type { PhotoEngine, SetPhoto } from './photo-engine.ts';
import { Serial } from '../../core/serial.ts';
import type { WorkspaceStore } from '../store.ts';
import type { Photo, PhotoSource } from '../types.ts';

const SIDES: readonly Side[] = ['a', 'b'];

interface Opening {
  side: Side;
  name: string;
  source: PhotoSource;
  load: (signal: AbortSignal) => Promise<Blob>;
}

export interface PhotosOptions {
  /** Relative addresses of photos start here. */
  base: string;
  fetcher?: typeof fetch;
  /** Takes files that are no photos but models. */
  onModelFiles?: (files: File[]) => void;
}

/** The two photo slots: opening, exchanging and clearing. What the engine refuses leaves the slot as it was. */
export class Photos {
  /** Looks at what was dropped or pasted first; true where it took it. For pages with files of their own. */
  interceptor: ((offer: Offer, target?: Side) => boolean) | null = null;
  private readonly openings: Partial<Record<Side, AbortController>> = {};
  /** The engine gets one change of its photos at a time, in the person's order. */
  private readonly changes = new Serial();
  private isSwapping = false;

  constructor(
    private readonly store: WorkspaceStore,
    private readonly engine: PhotoEngine,
    private readonly notices: Notices,
    private readonly options: PhotosOptions,
  ) {}

  /** Opens a file as one of the photos; resolves when it has been accepted or refused. */
  openFile(side: Side, file: Blob, name: string): Promise<void> {
    return this.open({ side, name, source: { kind: 'file' }, load: async () => file });
  }

  /** Fetches and opens the photo at an http(s) address. `keepPins` where a link asks for photo and pins together. */
  async openAddress(side: Side, address: string, keepPins = false): Promise<void> {
    try {
      const url = resolvePhotoUrl(address, this.options.base);
      const load = (signal: AbortSignal) => fetchPhoto(url, signal, this.options.fetcher);
      await this.open({ side, name: nameOfAddress(url), source: { kind: 'address', url: url.href }, load }, keepPins);
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }

  async openSample(id: string, keepPins = false): Promise<void> {
    const sample = this.store.getState().samples.find((one) => one.id === id);
    if (!sample) return;
    await Promise.all([this.openAddress('a', sample.a, keepPins), this.openAddress('b', sample.b, keepPins)]);
  }

  /**
   * Takes what was dropped, pasted or picked. One photo goes to `target`, else to the first empty slot, else to A;
   * two fill A and B. Everything else becomes a notice.
   */
  async take(offer: Offer, target?: Side): Promise<void> {
    try {
      if (this.interceptor?.(offer, target)) return;
      const { rest, after } = await this.engine.takeFiles(offer.files);
      await this.takePlain({ ...offer, files: rest }, target);
      await after();
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }

  private async takePlain(offer: Offer, target?: Side): Promise<void> {
    try {
      const intake = planIntake(offer);
      if (!intake) return;
      if (intake.kind === 'models') return this.options.onModelFiles?.(intake.files);
      const [first, second] = intake.kind === 'files' ? intake.files : [];
      if (first && !second && (await this.engine.openShare(first))) return;
      const slot = target ?? this.firstEmpty();
      if (intake.kind === 'address') await this.openAddress(slot, intake.address);
      else if (intake.files.length === 1) await this.openFile(slot, intake.files[0], intake.files[0].name);
      else
        await Promise.all(
          (['a', 'b'] as const).map((side, i) => this.openFile(side, intake.files[i], intake.files[i].name)),
        );
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }

  /**
   * Opens two photos as one step and then calls `finish`, which gives their match: none runs here. Failures become notices;
   * until `load` has succeeded everything stays as it was.
   * @returns whether all of it succeeded
   */
  async openBoth(
    name: string,
    load: (signal: AbortSignal) => Promise<Record<Side, { name: string; file: Blob }>>,
    finish: () => Promise<void>,
  ): Promise<boolean> {
    const controller = new AbortController();
    for (const side of SIDES) {
      this.openings[side]?.abort();
      this.openings[side] = controller;
      this.setOpening(side, name);
    }
    this.engine.abort();
    let isDone = false;
    try {
      const loaded = await load(controller.signal);
      await this.changes.run(async () => {
        for (const side of SIDES) {
          if (controller.signal.aborted) return;
          const photo = loaded[side];
          const info = await this.engine.setPhoto({ side, ...photo });
          this.put(side, { ...photo, source: { kind: 'file' }, info, url: URL.createObjectURL(photo.file) }, false);
        }
        await finish();
        isDone = true;
      });
    } catch (thrown) {
      this.notices.report(isWorkerDeath(thrown) ? stoppedWhileOpening(name) : thrown);
    } finally {
      for (const side of SIDES) {
        if (this.openings[side] !== controller) continue;
        delete this.openings[side];
        this.setOpening(side, null);
      }
    }
    if (!this.store.getState().result) this.engine.request();
    return isDone;
  }

  /** Exchanges A and B with everything known of them; no model runs. Ignored while a photo is being opened. */
  async swap(): Promise<void> {
    const { photos } = this.store.getState();
    if (this.isSwapping || photos.a.opening !== null || photos.b.opening !== null) return;
    if (!photos.a.photo && !photos.b.photo) return;
    this.isSwapping = true;
    this.engine.abort();
    try {
      await this.changes.run(async () => {
        const result = await this.engine.swap();
        this.store.setState((state) => ({
          photos: { a: state.photos.b, b: state.photos.a },
          result,
          ...this.engine.exchanged(),
        }));
      });
    } catch (thrown) {
      this.notices.report(thrown);
    } finally {
      this.isSwapping = false;
    }
    if (!this.store.getState().result) this.engine.request();
  }

  async clear(side: Side): Promise<void> {
    this.openings[side]?.abort();
    this.engine.abort();
    try {
      await this.changes.run(async () => {
        await this.engine.clearPhoto({ side });
        this.put(side, null, false);
      });
    } catch (thrown) {
      this.notices.report(thrown);
    }
  }

  /** Gives a fresh engine the photos that the page holds. */
  async restore(setPhoto: SetPhoto): Promise<void> {
    for (const side of ['a', 'b'] as const) {
      const { photo } = this.store.getState().photos[side];
      if (!photo) continue;
      try {
        await setPhoto({ side, file: photo.file, name: photo.name });
      } catch (thrown) {
        if (isWorkerDeath(thrown) || isCancelled(thrown)) throw thrown;
        this.notices.report(thrown);
        this.put(side, null, true);
      }
    }
  }

  /** The slot that a photo without a place goes to. */
  private firstEmpty(): Side {
    const { photos } = this.store.getState();
    const isEmpty = (side: Side) => !photos[side].photo && photos[side].opening === null;
    return !isEmpty('a') && isEmpty('b') ? 'b' : 'a';
  }

  private async open({ side, name, source, load }: Opening, keepPins = false): Promise<void> {
    this.openings[side]?.abort();
    const controller = new AbortController();
    this.openings[side] = controller;
    this.setOpening(side, name);
    const wasMatching = this.engine.abort();
    try {
      const file = await load(controller.signal);
      await this.changes.run(async () => {
        // Replaced by a later choice for this slot before its turn came.
        if (controller.signal.aborted) return;
        const info = await this.engine.setPhoto({ side, file, name });
        this.put(side, { file, name, source, info, url: URL.createObjectURL(file) }, keepPins);
      });
    } catch (thrown) {
      if (isWorkerDeath(thrown)) this.notices.report(stoppedWhileOpening(name));
      else if (!isCancelled(thrown)) this.notices.report(thrown);
    } finally {
      if (this.openings[side] === controller) {
        delete this.openings[side];
        this.setOpening(side, null);
      }
    }
    // A refused photo leaves the result in place; then there is nothing to match anew.
    if (wasMatching || !this.store.getState().result) this.engine.request();
  }

  private setOpening(side: Side, opening: string | null): void {
    this.store.setState(({ photos }) => ({ photos: { ...photos, [side]: { ...photos[side], opening } } }));
  }

  private put(side: Side, photo: Photo | null, keepPins: boolean): void {
    const previous = this.store.getState().photos[side].photo;
    if (previous) URL.revokeObjectURL(previous.url);
    this.store.setState(({ photos }) => ({
      photos: { ...photos, [side]: { ...photos[side], photo } },
      result: null,
      ...this.engine.replaced(side, keepPins),
    }));
  }
}

const stoppedWhileOpening = (name: string) =>
  new CodedError(
    'photo-engine-stopped',
    `“${name}” was not opened: the engine stopped while reading it.`,
    'Try once more; if the engine stops again, save the photo in a smaller size first.',
  );
