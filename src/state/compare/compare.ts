import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { CallOptions } from '../../client/worker-client.ts';
import type {
  CompareProgress,
  EncoderCandidate,
  EncoderInfo,
  Encoding,
  SimilarityMaps,
  UnitPlace,
} from '../../shared/compare.ts';
import { isCancelled, toPlainError } from '../../shared/errors.ts';
import type { Side } from '../../shared/geometry.ts';
import type { Workspace } from '../workspace.ts';
import { CompareLink, type SpawnCompareWorker } from './link.ts';
import { Scoring } from './scoring.ts';
import {
  type Column,
  type ColumnResult,
  type CompareSettings,
  type CompareState,
  DEFAULT_COMPARE,
  EMPTY_COLUMN,
  MAX_COLUMNS,
} from './types.ts';

export type CompareStore = StoreApi<CompareState>;

/**
 * Comparing encoders on the photos of a workspace: which ones, what is shown of them, and the worker that computes it.
 * Whatever the person changes, the columns that it concerns are computed anew; what runs is cancelled.
 */
export class Compare {
  readonly store: CompareStore;
  readonly scoring: Scoring;
  private readonly link: CompareLink;
  private readonly running = new Map<string, AbortController>();
  /** What each column's result was computed from. */
  private readonly keys = new Map<string, string>();
  private pointing = false;
  private isAwake = false;
  private readonly unsubscribe: () => void;

  constructor(
    readonly workspace: Workspace,
    spawn: SpawnCompareWorker,
  ) {
    this.store = createStore<CompareState>()(() => ({
      info: null,
      available: null,
      settings: DEFAULT_COMPARE,
      columns: {},
      usage: null,
      point: { side: 'a', x: 0.5, y: 0.5 },
      matched: null,
      scores: [],
      scoring: null,
    }));
    this.link = new CompareLink(workspace, spawn, {
      onStart: (info) => this.store.setState({ info }),
      onRestart: () => this.keys.clear(),
    });
    this.scoring = new Scoring(this.store, workspace, (method, argument, options) =>
      this.link.call(method, argument, options),
    );
    this.unsubscribe = workspace.store.subscribe((now, before) => {
      if (!this.isAwake) return;
      if (now.models !== before.models || now.library.installed !== before.library.installed) void this.list();
      if (now.settings.provider !== before.settings.provider) this.link.end();
      const photosChanged =
        now.photos.a.photo !== before.photos.a.photo || now.photos.b.photo !== before.photos.b.photo;
      if (photosChanged || now.settings.provider !== before.settings.provider) this.refresh();
      if (photosChanged || now.result !== before.result) void this.askMatcher();
    });
  }

  /** The page is looked at: computing begins. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    void this.list();
    void this.askMatcher();
  }

  /** The page is left: nothing more is begun; features stay for the next time. */
  sleep(): void {
    this.isAwake = false;
    this.cancel();
  }

  update(patch: Partial<CompareSettings>): void {
    this.store.setState(({ settings }) => ({ settings: { ...settings, ...patch } }));
    this.refresh();
  }

  /** Puts another encoder in a column; null takes the column away, a column beyond the last adds one. */
  setEncoder(column: number, id: string | null): void {
    const encoders = [...(this.store.getState().settings.encoders ?? [])];
    if (id === null) encoders.splice(column, 1);
    else encoders[column] = id;
    this.update({ encoders: [...new Set(encoders)].slice(0, MAX_COLUMNS) });
  }

  /** Asks every encoder what looks like this place. Called on every move: only the latest waits. */
  point(place: UnitPlace): void {
    this.store.setState({ point: place });
    void this.askMatcher();
    if (!this.pointing) void this.followPoint();
  }

  /** The chosen encoders, in the columns' order. */
  chosen(): EncoderInfo[] {
    const { available, settings } = this.store.getState();
    return (settings.encoders ?? []).flatMap((id) => available?.find((encoder) => encoder.id === id) ?? []);
  }

  /** One encoder's features of a photo as a npy file. */
  exportFeatures(encoder: EncoderInfo, side: Side): Promise<Blob> {
    return this.link.call('exportFeatures', { ...this.encoding(encoder), side });
  }

  dispose(): void {
    this.sleep();
    this.unsubscribe();
    this.scoring.stop();
    this.link.end();
  }

  private async list(): Promise<void> {
    const { models, library } = this.workspace.store.getState();
    const candidates: EncoderCandidate[] = models.map(({ id, name, manifestUrl }) => ({
      id,
      name,
      manifestUrl,
      kind: 'matcher',
    }));
    for (const { id, name, kind, manifestUrl } of library.installed ?? []) {
      if (kind === 'encoder') candidates.push({ id, name, manifestUrl, kind });
    }
    if (candidates.length === 0) return;
    try {
      const available = await this.link.call('listEncoders', { models: candidates });
      this.store.setState(({ settings }) => ({
        available,
        settings: { ...settings, encoders: keepOrChoose(settings.encoders, available) },
      }));
      this.refresh();
    } catch (thrown) {
      this.workspace.notices.report(thrown);
    }
  }

  /** Computes every column whose question is new. */
  private refresh(): void {
    const { settings } = this.store.getState();
    const { a, b } = this.workspace.store.getState().photos;
    if (!this.isAwake || (!a.photo && !b.photo)) return;
    const chosen = settings.page === 'scores' ? [] : this.chosen();
    const ids = new Set(chosen.map(({ id }) => id));
    for (const id of [...this.running.keys()]) if (!ids.has(id)) this.stop(id);
    for (const encoder of chosen) void this.compute(encoder);
  }

  private async compute(encoder: EncoderInfo): Promise<void> {
    const { id } = encoder;
    const key = this.questionOf(encoder);
    if (this.keys.get(id) === key) return;
    this.stop(id);
    const controller = new AbortController();
    this.running.set(id, controller);
    this.keys.set(id, key);
    this.patch(id, { error: null, progress: { stage: 'encode', fraction: null } });
    const onProgress = (progress: CompareProgress) => {
      if (!controller.signal.aborted) this.patch(id, { progress });
    };
    try {
      const result = await this.ask(encoder, { signal: controller.signal, onProgress });
      if (this.running.get(id) !== controller) return;
      this.patch(id, { result });
      this.store.setState({ usage: result.facts.usage });
    } catch (thrown) {
      if (this.keys.get(id) === key) this.keys.delete(id);
      if (!isCancelled(thrown)) this.patch(id, { error: toPlainError(thrown), result: null });
    } finally {
      if (this.running.get(id) === controller) {
        this.running.delete(id);
        this.patch(id, { progress: null });
      }
    }
  }

  private async ask(encoder: EncoderInfo, options: CallOptions<CompareProgress>): Promise<ColumnResult> {
    const { settings, point } = this.store.getState();
    const encoding = this.encoding(encoder);
    switch (settings.page) {
      case 'clusters':
        return {
          page: 'clusters',
          ...(await this.link.call('clusters', { ...encoding, k: settings.clusters, seed: settings.seed }, options)),
        };
      case 'similarity':
        return { page: 'similarity', ...(await this.similar(encoder, point, options)) };
      case 'neighbours': {
        const wanted = { maxRatio: settings.maxRatio, limit: settings.lines };
        return { page: 'neighbours', ...(await this.link.call('neighbours', { ...encoding, ...wanted }, options)) };
      }
      default: {
        const alignTo = settings.align ? (this.chosen()[0] ?? null) : null;
        const wanted = { fit: settings.fit, mask: settings.mask, alignTo };
        return {
          page: 'components',
          ...(await this.link.call('components', { ...encoding, options: wanted }, options)),
        };
      }
    }
  }

  private similar(
    encoder: EncoderInfo,
    at: UnitPlace,
    options?: CallOptions<CompareProgress>,
  ): Promise<SimilarityMaps> {
    const { temperature, bestPlaces, exclusion } = this.store.getState().settings;
    const wanted = { at, count: bestPlaces, exclusion, temperature };
    return this.link.call('similarity', { ...this.encoding(encoder), options: wanted }, options);
  }

  private encoding(encoder: EncoderInfo): Encoding {
    return { encoder, longSide: this.store.getState().settings.longSide };
  }

  /** Follows the point until every column shows what was asked last. */
  private async followPoint(): Promise<void> {
    this.pointing = true;
    try {
      let asked: UnitPlace | null = null;
      while (asked !== this.store.getState().point && this.store.getState().settings.page === 'similarity') {
        asked = this.store.getState().point;
        const ready = this.chosen().filter(
          ({ id }) => this.store.getState().columns[id]?.result?.page === 'similarity' && !this.running.has(id),
        );
        const answers = await Promise.all(ready.map((encoder) => this.similar(encoder, asked!)));
        ready.forEach(({ id }, i) => this.patch(id, { result: { ...answers[i], page: 'similarity' } }));
      }
    } catch (thrown) {
      if (!isCancelled(thrown)) this.workspace.notices.report(thrown);
    } finally {
      this.pointing = false;
    }
  }

  /** Where the matcher of the other page says that the point lies. */
  private async askMatcher(): Promise<void> {
    const { point } = this.store.getState();
    const { photos, result, engine } = this.workspace.store.getState();
    const from = photos[point.side].photo;
    const to = photos[point.side === 'a' ? 'b' : 'a'].photo;
    let matched: CompareState['matched'] = null;
    if (from && to && result && engine.status === 'ready') {
      const { width, height } = from.info.size;
      const probe = await this.workspace.link
        .call('probe', { side: point.side, x: point.x * width, y: point.y * height })
        .catch(() => null);
      if (this.store.getState().point !== point) return;
      const place = probe?.to;
      if (probe && place) {
        matched = {
          side: place.side,
          x: place.x / to.info.size.width,
          y: place.y / to.info.size.height,
          certainty: probe.certainty,
        };
      }
    }
    this.store.setState({ matched });
  }

  /** Everything that a column's result depends on, but the point, which has its own way. */
  private questionOf({ id }: EncoderInfo): string {
    const { photos } = this.workspace.store.getState();
    const s = this.store.getState().settings;
    const options = {
      components: [s.fit, s.mask, s.align ? s.encoders?.[0] : null],
      clusters: [s.clusters, s.seed],
      similarity: [s.temperature, s.bestPlaces, s.exclusion],
      neighbours: [s.maxRatio, s.lines],
      scores: [],
    }[s.page];
    return JSON.stringify([id, s.page, s.longSide, options, photos.a.photo?.url, photos.b.photo?.url]);
  }

  private stop(id: string): void {
    this.running.get(id)?.abort();
    this.running.delete(id);
    this.patch(id, { progress: null });
  }

  private cancel(): void {
    for (const id of [...this.running.keys()]) {
      this.stop(id);
      this.keys.delete(id);
    }
  }

  private patch(id: string, patch: Partial<Column>): void {
    this.store.setState(({ columns }) => ({
      columns: { ...columns, [id]: { ...(columns[id] ?? EMPTY_COLUMN), ...patch } },
    }));
  }
}

/** The columns as far as they are still there; at first the networks, two strides of the matcher, the classical. */
function keepOrChoose(wanted: string[] | null, available: readonly EncoderInfo[]): string[] {
  const kept = wanted?.filter((id) => available.some((encoder) => encoder.id === id));
  if (kept?.length) return kept;
  const of = (kind: EncoderInfo['source']['kind']) => available.filter(({ source }) => source.kind === kind);
  const networks = of('network').slice(0, 2);
  // One feature of each stride: others of the same stride serve the decoder.
  const stages = of('stage').filter(({ stride }, i, all) => all.findIndex((other) => other.stride === stride) === i);
  const chosen = [...networks, ...stages.slice(0, networks.length > 1 ? 1 : 2), ...of('classical')];
  return chosen.slice(0, MAX_COLUMNS).map(({ id }) => id);
}
