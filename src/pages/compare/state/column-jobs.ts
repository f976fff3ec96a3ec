import type { CallOptions } from '../../../platform/worker/worker-client.ts';
import type { Photo } from '../../../workspace/types.ts';
import type { BySlot, CompareProgress, EncoderInfo, SimilarityOptions, SlotPair, UnitPlace } from '../contract.ts';
import { isCancelled, toPlainError } from '../../../core/errors.ts';
import { closeResult } from './close-results.ts';
import type { CompareContext } from './context.ts';
import type { Column, ColumnResult } from './types.ts';
import { EMPTY_COLUMN } from './types.ts';

/** What it needs of the comparison. */
interface ColumnsContext extends CompareContext {
  readonly pointing: { optionsAt(at: UnitPlace): SimilarityOptions };
  /** The chosen encoders that are there, in the columns' order. */
  chosen(): EncoderInfo[];
  photos(): BySlot<Photo>;
  /** The photos whose neighbours are shown. */
  between(): SlotPair;
}

/** Computes what each column shows; a column whose question changed is cancelled and asked anew. */
export class ColumnJobs {
  private readonly running = new Map<string, AbortController>();
  /** What each column's result was computed from. */
  private readonly keys = new Map<string, string>();

  constructor(private readonly compare: ColumnsContext) {}

  isRunning(id: string): boolean {
    return this.running.has(id);
  }

  /** Computes every column whose question is new. */
  refresh(): void {
    const chosen = this.compare.store.getState().settings.page === 'scores' ? [] : this.compare.chosen();
    const ids = new Set(chosen.map(({ id }) => id));
    for (const id of [...this.running.keys()]) if (!ids.has(id)) this.leave(id);
    for (const encoder of chosen) void this.compute(encoder);
  }

  /** Asks everything again at the next refresh. */
  forget(): void {
    this.keys.clear();
  }

  /** Ends one column's computation for the person; it stays ended until its question changes or {@link retry}. */
  stopColumn(id: string): void {
    if (!this.running.has(id)) return;
    this.stop(id);
    this.patch(id, { error: { code: 'compare-stopped', message: 'Stopped.', remedy: '' } });
  }

  retry(id: string): void {
    this.keys.delete(id);
    this.refresh();
  }

  cancel(): void {
    for (const id of [...this.running.keys()]) this.leave(id);
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
      if (this.running.get(id) !== controller) {
        closeResult(result);
        return;
      }
      this.patch(id, { result });
      this.compare.store.setState({ usage: result.facts.usage });
    } catch (thrown) {
      // Who cancels decides whether it is asked again; a failure is, at the next change.
      if (isCancelled(thrown)) return;
      if (this.keys.get(id) === key) this.keys.delete(id);
      this.patch(id, { error: toPlainError(thrown), result: null });
    } finally {
      if (this.running.get(id) === controller) {
        this.running.delete(id);
        this.patch(id, { progress: null });
      }
    }
  }

  private async ask(encoder: EncoderInfo, options: CallOptions<CompareProgress>): Promise<ColumnResult> {
    const { link, store } = this.compare;
    const { settings, point } = store.getState();
    const encoding = { encoder, longSide: settings.longSide };
    switch (settings.page) {
      case 'clusters': {
        const wanted = { k: settings.clusters, seed: settings.seed };
        return { page: 'clusters', ...(await link.call('clusters', { ...encoding, ...wanted }, options)) };
      }
      case 'similarity': {
        const wanted = this.compare.pointing.optionsAt(point);
        return { page: 'similarity', ...(await link.call('similarity', { ...encoding, options: wanted }, options)) };
      }
      case 'neighbours': {
        const wanted = { between: this.compare.between(), maxRatio: settings.maxRatio, limit: settings.lines };
        return { page: 'neighbours', ...(await link.call('neighbours', { ...encoding, ...wanted }, options)) };
      }
      default: {
        const alignTo = settings.align ? (this.compare.chosen()[0] ?? null) : null;
        const wanted = { fit: settings.fit, mask: settings.mask, alignTo };
        return { page: 'components', ...(await link.call('components', { ...encoding, options: wanted }, options)) };
      }
    }
  }

  /** Everything that a column's result depends on, but the point, which has its own way. */
  private questionOf({ id }: EncoderInfo): string {
    const s = this.compare.store.getState().settings;
    const options = {
      components: [s.fit, s.mask, s.align ? this.compare.chosen()[0]?.id : null],
      clusters: [s.clusters, s.seed],
      similarity: [s.temperature, s.bestPlaces, s.exclusion],
      neighbours: [s.maxRatio, s.lines, this.compare.between()],
      scores: [],
    }[s.page];
    const photos = Object.entries(this.compare.photos()).map(([slot, { url }]) => [slot, url]);
    return JSON.stringify([id, s.page, s.longSide, options, photos]);
  }

  /** Ends a computation that is begun again when its column is looked at. */
  private leave(id: string): void {
    this.stop(id);
    this.keys.delete(id);
  }

  private stop(id: string): void {
    this.running.get(id)?.abort();
    this.running.delete(id);
    this.patch(id, { progress: null });
  }

  private patch(id: string, patch: Partial<Column>): void {
    this.compare.store.setState(({ columns }) => ({
      columns: { ...columns, [id]: { ...(columns[id] ?? EMPTY_COLUMN), ...patch } },
    }));
  }
}
