import {
  type EncoderInfo,
  type BySlot,
  type EncoderCandidate,
  type Slot,
  type SlotPair,
  type UnitPlace,
  filledSlots,
} from '../contract.ts';
import { MAX_COLUMNS, type CompareSettings } from '../settings.ts';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Photo } from '../../../workspace/types.ts';
import { needsOtherWorker } from '../../../workspace/store.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import { formatCompareOptions, parseCompareOptions } from './address.ts';
import { closeReplaced } from './close-results.ts';
import { ColumnJobs } from './column-jobs.ts';
import { comparedPhotos, recordedPlace } from './compared-photos.ts';
import { ExtraPhotos } from './extra-photos.ts';
import { takeOffer } from './intake.ts';
import { CompareLink, type SpawnCompareWorker } from './link.ts';
import { OwnPairs } from './own-pairs.ts';
import { Pointing } from './pointing.ts';
import { Scoring } from './scoring.ts';
import { type CompareState, EXTRA_SLOTS } from './types.ts';

export type CompareStore = StoreApi<CompareState>;

const EMPTY_SLOT = { photo: null, opening: null };

/**
 * Comparing encoders on the photos of a workspace and up to two more: which ones, what is shown of them, and the worker
 * that computes it. Whatever the person changes, the columns that it concerns are computed anew; what runs is cancelled.
 */
export class Compare {
  readonly store: CompareStore;
  readonly link: CompareLink;
  readonly jobs: ColumnJobs;
  readonly pointing: Pointing;
  readonly extra: ExtraPhotos;
  readonly ownPairs: OwnPairs;
  readonly scoring: Scoring;
  private isAwake = false;
  private readonly unsubscribe: () => void;

  constructor(
    readonly workspace: Workspace,
    spawn: SpawnCompareWorker,
  ) {
    const linked = parseCompareOptions(workspace.store.getState().pageOptions);
    this.store = createStore<CompareState>()(() => ({
      info: null,
      available: null,
      settings: linked.settings,
      extra: { c: EMPTY_SLOT, d: EMPTY_SLOT },
      columns: {},
      usage: null,
      point: linked.point,
      matched: null,
      ownPairs: [],
      scores: [],
      scoring: null,
    }));
    this.jobs = new ColumnJobs(this);
    this.link = new CompareLink({
      spawn,
      photos: () => this.photos(),
      recorded: (photo) => recordedPlace(workspace.store.getState(), photo),
      provider: () => workspace.store.getState().settings.provider,
      onStart: (info) => {
        if (this.store.getState().info !== info) this.store.setState({ info });
      },
      gpu: workspace.gpu,
      onCheck: (check) => workspace.tellCheck(check),
      onDeath: (error) => workspace.tellEnd(error),
      onRestart: () => this.jobs.forget(),
    });
    this.pointing = new Pointing(this);
    this.extra = new ExtraPhotos(this);
    this.ownPairs = new OwnPairs(this);
    this.scoring = new Scoring(this);
    for (const slot of EXTRA_SLOTS) if (linked.extra[slot]) void this.extra.openAddress(slot, linked.extra[slot]);
    const unsubscribes = [
      this.followWorkspace(),
      this.store.subscribe((now, before) => this.writeLink(now, before)),
      this.store.subscribe((now, before) => closeReplaced(now.columns, before.columns)),
    ];
    this.unsubscribe = () => unsubscribes.forEach((stop) => stop());
  }

  /** The page is looked at: computing begins, and dropped files are the comparison's. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.workspace.photos.interceptor = (offer, target) => takeOffer(this, offer, target);
    void this.list();
    void this.pointing.askMatcher();
  }

  /** The page is left: nothing more is begun; features stay for the next time. */
  sleep(): void {
    this.isAwake = false;
    this.workspace.photos.interceptor = null;
    this.jobs.cancel();
  }

  update(patch: Partial<CompareSettings>): void {
    this.store.setState(({ settings }) => ({ settings: { ...settings, ...patch } }));
    this.refresh();
  }

  /** Puts another encoder in a column; null takes the column away, a column beyond the last adds one. */
  setEncoder(column: number, id: string | null): void {
    const encoders = this.chosen().map((encoder) => encoder.id);
    if (id === null) encoders.splice(column, 1);
    else encoders[column] = id;
    this.update({ encoders: [...new Set(encoders)].slice(0, MAX_COLUMNS) });
  }

  /** Asks every encoder what looks like this place. */
  point(place: UnitPlace): void {
    this.pointing.move(place);
  }

  /** The chosen encoders that are there, in the columns' order. */
  chosen(): EncoderInfo[] {
    const { available, settings } = this.store.getState();
    return (settings.encoders ?? []).flatMap((id) => available?.find((encoder) => encoder.id === id) ?? []);
  }

  photos(): BySlot<Photo> {
    return comparedPhotos(this.workspace.store.getState().photos, this.store.getState().extra);
  }

  slots(): Slot[] {
    return filledSlots(this.photos());
  }

  /** The photos whose neighbours are shown: those that were chosen while they are there, else the first two. */
  between(): SlotPair {
    const { between } = this.store.getState().settings;
    const slots = this.slots();
    if (between.every((slot) => slots.includes(slot))) return between;
    return [slots[0] ?? 'a', slots[1] ?? 'b'];
  }

  /** One encoder's features of a photo as a npy file. */
  exportFeatures(encoder: EncoderInfo, slot: Slot): Promise<Blob> {
    return this.link.call('exportFeatures', { encoder, longSide: this.store.getState().settings.longSide, slot });
  }

  /** A photo came or went. */
  photosChanged(): void {
    this.refresh();
    void this.pointing.askMatcher();
  }

  dispose(): void {
    this.sleep();
    this.unsubscribe();
    this.scoring.stop();
    for (const slot of EXTRA_SLOTS) this.extra.clear(slot);
    this.link.end();
    closeReplaced({}, this.store.getState().columns);
  }

  private followWorkspace(): () => void {
    return this.workspace.store.subscribe((now, before) => {
      const providerChanged = needsOtherWorker(now, before);
      if (providerChanged) this.link.end();
      if (!this.isAwake) return;
      if (now.models !== before.models || now.library.installed !== before.library.installed) void this.list();
      if (now.photos.a.photo !== before.photos.a.photo || now.photos.b.photo !== before.photos.b.photo) {
        this.photosChanged();
      } else {
        if (providerChanged) this.refresh();
        if (now.result !== before.result) void this.pointing.askMatcher();
      }
    });
  }

  private async list(): Promise<void> {
    const { models, library } = this.workspace.store.getState();
    const candidates: EncoderCandidate[] = models.map(({ id, name, manifestUrl }) => {
      return { id, name, manifestUrl, kind: 'matcher' };
    });
    for (const { id, name, kind, manifestUrl } of library.installed ?? []) {
      if (kind === 'encoder') candidates.push({ id, name, manifestUrl, kind });
    }
    if (candidates.length === 0) return;
    try {
      const available = await this.link.call('listEncoders', { models: candidates });
      this.store.setState(({ settings }) => {
        const encoders = chooseEncoders(settings.encoders, available, library.installed === null);
        return { available, settings: { ...settings, encoders } };
      });
      this.refresh();
    } catch (thrown) {
      this.workspace.notices.report(thrown);
    }
  }

  /** Computes every column whose question is new. */
  private refresh(): void {
    if (this.isAwake && this.slots().length > 0) this.jobs.refresh();
  }

  private writeLink(now: CompareState, before: CompareState): void {
    const hasPointed = now.settings.page === 'similarity' && now.point !== before.point;
    if (now.settings === before.settings && now.extra === before.extra && !hasPointed) return;
    this.workspace.linkPage('compare', formatCompareOptions(now, this.workspace.base));
  }
}

/**
 * The wanted columns as far as they are there; where none is, the networks, two strides of the matcher, the classical.
 * @param mayCome an encoder that is not there may still be listed (installed models are known later): it is kept
 */
function chooseEncoders(
  wanted: readonly string[] | null,
  available: readonly EncoderInfo[],
  mayCome: boolean,
): string[] {
  const isThere = (id: string) => available.some((encoder) => encoder.id === id);
  if (wanted?.some((id) => mayCome || isThere(id))) return wanted.filter((id) => mayCome || isThere(id));
  const of = (kind: EncoderInfo['source']['kind']) => available.filter(({ source }) => source.kind === kind);
  const networks = of('network').slice(0, 2);
  // One feature of each stride: others of the same stride serve the decoder.
  const stages = of('stage').filter(({ stride }, i, all) => all.findIndex((other) => other.stride === stride) === i);
  const chosen = [...networks, ...stages.slice(0, networks.length > 1 ? 1 : 2), ...of('classical')];
  return chosen.slice(0, MAX_COLUMNS).map(({ id }) => id);
}
