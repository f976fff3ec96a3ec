import { createStore, type StoreApi } from 'zustand/vanilla';
import { isCancelled, toPlainError } from '../../../core/errors.ts';
import { Serial } from '../../../core/serial.ts';
import type { SetExportName } from '../../../exports/sets/index.ts';
import { readParams, writeParams } from '../../../platform/params/address.ts';
import { WorkerLink } from '../../../platform/worker/worker-link.ts';
import type { Offer } from '../../../workspace/photos/intake.ts';
import { needsOtherWorker } from '../../../workspace/store.ts';
import type { WorkspaceState } from '../../../workspace/types.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import type { BesideFacts, PairOfIds, SetApi, SetPhotoFacts, SetProgress } from '../contract/api.ts';
import { SETS, type SetWorkerLike } from '../link/worker.ts';
import { SET_PARAMS, type SetValues } from '../params.ts';
import type { SetContext } from './context.ts';
import { sortOffer } from './intake.ts';
import { SetMatching } from './matching.ts';
import { initialSet, type SetState, type ShownPhoto } from './types.ts';

/** Settings that say which pairs there are, or how they are matched. */
const PLANNING = ['pairs', 'reach', 'neighbours', 'rescue'] as const satisfies readonly (keyof SetValues)[];

/** The set page of a workspace: its photos, their pairs, and what was put together of them. Lives as long as the workspace. */
export class PhotoSet implements SetContext {
  readonly store: StoreApi<SetState>;
  readonly link: WorkerLink<SetApi, SetProgress>;
  readonly matching: SetMatching;
  // Photos are added, moved and taken away one change at a time.
  private readonly changes = new Serial();
  private isAwake = false;
  private hasOpened = false;
  private readonly unsubscribe: () => void;

  constructor(
    readonly workspace: Workspace,
    spawn: () => SetWorkerLike,
  ) {
    const { pageOptions } = workspace.store.getState();
    const linked = readParams(SET_PARAMS, (name) => pageOptions[`set.${name}`]);
    this.store = createStore<SetState>()(() => ({ ...initialSet(), values: linked }));
    this.link = new WorkerLink<SetApi, SetProgress>({
      kind: SETS,
      spawn,
      prepare: async (call) => {
        const { provider } = workspace.store.getState().settings;
        const info = await call('start', { provider, ...workspace.gpu.told() });
        this.store.setState({ info });
        this.restore(info.kept);
        this.store.setState({ beside: info.beside });
      },
      hear: ({ check }) => {
        if (!check) return;
        workspace.tellCheck(check);
        this.store.setState(({ info }) => ({ info: info && { ...info, providerReason: check.providerReason } }));
      },
      absolve: (death) => workspace.gpu.losses.hear(death),
      onEnd: (error) => {
        if (error) workspace.tellEnd(error);
        this.store.setState({ info: null, facts: null, track: null });
      },
    });
    this.matching = new SetMatching(this);
    this.unsubscribe = workspace.store.subscribe((now, before) => this.follow(now, before));
  }

  /** The page is looked at: dropped files are its own. The photos of the last visit come back. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.workspace.photos.interceptor = (offer) => {
      void this.take(offer);
      return true;
    };
    if (this.hasOpened) return;
    this.hasOpened = true;
    void this.changes
      .run(() => this.link.connect())
      .then(
        () => this.plan(),
        (thrown: unknown) => this.report(thrown),
      );
  }

  sleep(): void {
    if (!this.isAwake) return;
    this.isAwake = false;
    this.workspace.photos.interceptor = null;
  }

  /** Adds photos; what is none is told, and the others stay. */
  async take(offer: Offer): Promise<void> {
    try {
      const { files, beside, refused } = sortOffer(offer, this.store.getState().photos.length);
      this.store.setState({ refused });
      if (!files.length && !beside.length) return;
      // What is matched now would be by other masks.
      if (beside.length) this.matching.cancel();
      await this.changes.run(async () => {
        await this.add(files);
        this.tellBeside(await this.link.call('beside', { files: beside }));
      });
      await this.plan();
    } catch (thrown) {
      this.report(thrown);
    }
  }

  /** Takes all calibrations or all masks away. */
  async forgetBeside(what: 'cameras' | 'masks'): Promise<void> {
    try {
      this.matching.cancel();
      await this.changes.run(async () => this.tellBeside(await this.link.call('forgetBeside', { what })));
      await this.plan();
    } catch (thrown) {
      this.report(thrown);
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    this.matching.cancel();
    await this.changes.run(async () => {
      await this.link.call('remove', { ids: [...ids] });
      const { photos, looked } = this.store.getState();
      for (const { id, url } of photos) if (ids.includes(id)) URL.revokeObjectURL(url);
      this.showTrack(null);
      this.store.setState({
        photos: photos.filter(({ id }) => !ids.includes(id)),
        facts: null,
        chosen: null,
        looked: looked !== null && ids.includes(looked) ? null : looked,
      });
      this.tellBeside(await this.link.call('beside', { files: [] }));
    });
    await this.plan();
  }

  /** Moves a photo by so many places. */
  async move(id: string, by: number): Promise<void> {
    const photos = [...this.store.getState().photos];
    const from = photos.findIndex((photo) => photo.id === id);
    const to = Math.min(photos.length - 1, Math.max(0, from + by));
    photos.splice(to, 0, ...photos.splice(from, 1));
    await this.reorder(photos);
  }

  async sortByName(): Promise<void> {
    const { compare } = new Intl.Collator('en', { numeric: true });
    await this.reorder([...this.store.getState().photos].sort((p, q) => compare(p.name, q.name)));
  }

  set(patch: Partial<SetValues>): void {
    this.store.setState(({ values }) => ({ values: { ...values, ...patch } }));
    const { values } = this.store.getState();
    const own = writeParams(SET_PARAMS, values).map(([name, text]) => [`set.${name}`, text]);
    this.workspace.linkPage('set', Object.fromEntries(own));
    if (PLANNING.some((name) => name in patch)) {
      this.matching.cancel();
      void this.plan();
    } else if ('keypoints' in patch) {
      void this.matching.assemble().catch((thrown: unknown) => this.report(thrown));
    }
  }

  choose(pair: PairOfIds | null): void {
    this.store.setState({ chosen: pair });
  }

  /** Makes the pair photos A and B of the Match page, with what is known of them; `points`: and shows its two-view cloud there. */
  async toMatch({ a, b }: PairOfIds, points = false): Promise<void> {
    try {
      const files = { a: await this.link.call('photo', { id: a }), b: await this.link.call('photo', { id: b }) };
      // Before the page is shown: it would begin with matching the photos that were there.
      await Promise.all(
        (['a', 'b'] as const).map((side) => this.workspace.photos.openFile(side, files[side], files[side].name)),
      );
      const masks = { a: await this.link.call('mask', { id: a }), b: await this.link.call('mask', { id: b }) };
      const { beside } = this.store.getState();
      const camera = (id: string) => beside?.photos[id]?.camera ?? null;
      const cameras = beside?.calibrations.length ? { a: camera(a), b: camera(b) } : undefined;
      await this.workspace.showPair({ cameras, masks, points });
    } catch (thrown) {
      this.report(thrown);
    }
  }

  look(id: string | null): void {
    this.showTrack(null);
    this.store.setState({ looked: id });
  }

  /** Shows the track nearest to a place of the photo that is looked at, pixels of its file. */
  async followPlace(x: number, y: number): Promise<void> {
    const { looked } = this.store.getState();
    if (looked === null) return;
    try {
      const places = await this.link.call('track', { id: looked, x, y });
      this.showTrack(places?.map((place) => ({ ...place, url: URL.createObjectURL(place.crop) })) ?? null);
    } catch (thrown) {
      this.report(thrown);
    }
  }

  /** @returns the file, or null where it could not be made */
  async save(format: SetExportName): Promise<{ name: string; blob: Blob } | null> {
    this.store.setState({ saving: format });
    try {
      const { cameras, firstPixel } = this.store.getState().values;
      return await this.link.call('save', { format, cameras, firstPixel: firstPixel === '0' ? 0 : 0.5 });
    } catch (thrown) {
      this.report(thrown);
      return null;
    } finally {
      this.store.setState({ saving: null });
    }
  }

  report(thrown: unknown): void {
    if (!isCancelled(thrown)) this.workspace.notices.report(thrown);
  }

  dispose(): void {
    this.sleep();
    this.unsubscribe();
    this.matching.cancel();
    this.link.end();
  }

  private async add(files: readonly File[]): Promise<void> {
    for (const [done, file] of files.entries()) {
      this.store.setState({ adding: { done, total: files.length } });
      try {
        this.show(await this.link.call('add', { id: crypto.randomUUID(), file }));
      } catch (thrown) {
        if (isCancelled(thrown)) break;
        const error = toPlainError(thrown);
        this.store.setState(({ refused }) => ({ refused: [...refused, { name: file.name, error }] }));
        if (error.code === 'storage-full') break;
      }
    }
    this.store.setState({ adding: null, facts: null });
  }

  private tellBeside(beside: BesideFacts): void {
    this.store.setState(({ refused }) => ({
      beside,
      refused: [...refused, ...beside.refused],
      facts: null,
      track: null,
    }));
  }

  private show(facts: SetPhotoFacts): void {
    const photo: ShownPhoto = { ...facts, url: URL.createObjectURL(facts.thumbnail) };
    this.store.setState(({ photos }) => ({ photos: [...photos, photo] }));
  }

  /** What a fresh worker has of the set: where nothing is kept, that is nothing. */
  private restore(kept: readonly SetPhotoFacts[]): void {
    const { photos } = this.store.getState();
    // Begun again in the midst of matching: what is done stays done.
    if (kept.length === photos.length && kept.every(({ id }, i) => id === photos[i].id)) return;
    for (const { url } of this.store.getState().photos) URL.revokeObjectURL(url);
    this.store.setState({ photos: [], pairs: {}, facts: null });
    for (const facts of kept) this.show(facts);
  }

  private async reorder(photos: ShownPhoto[]): Promise<void> {
    this.store.setState({ photos, facts: null });
    try {
      await this.link.call('arrange', { ids: photos.map(({ id }) => id) });
      await this.plan();
    } catch (thrown) {
      this.report(thrown);
    }
  }

  private async plan(): Promise<void> {
    try {
      if (this.workspace.store.getState().models.length === 0) await this.workspace.loadModels();
      await this.matching.plan();
    } catch (thrown) {
      this.report(thrown);
    }
  }

  private showTrack(places: NonNullable<SetState['track']>['places'] | null): void {
    const before = this.store.getState().track;
    this.store.setState({ track: places && { places } });
    before?.places.forEach(({ url }) => URL.revokeObjectURL(url));
  }

  private follow(now: WorkspaceState, before: WorkspaceState): void {
    const { settings } = now;
    if (needsOtherWorker(now, before)) this.link.end();
    const isOther = settings.modelId !== before.settings.modelId || settings.longSide !== before.settings.longSide;
    if (isOther && this.hasOpened) {
      this.matching.cancel();
      this.store.setState({ pairs: {}, facts: null });
      void this.plan();
    }
  }
}
