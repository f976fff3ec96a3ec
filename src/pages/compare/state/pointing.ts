import type { Photo } from '../../../workspace/types.ts';
import type { BySlot, EncoderInfo, SimilarityOptions, Slot, UnitPlace } from '../contract.ts';
import { isCancelled } from '../../../core/errors.ts';
import type { CompareContext } from './context.ts';
import type { CompareState } from './types.ts';

/** What it needs of the comparison. */
interface PointingContext extends CompareContext {
  readonly jobs: { isRunning(id: string): boolean };
  /** The chosen encoders that are there. */
  chosen(): EncoderInfo[];
  photos(): BySlot<Photo>;
  slots(): Slot[];
}

/** The place that similarity is told of: every encoder's answer follows it, and the matcher's. */
export class Pointing {
  private isFollowing = false;

  constructor(private readonly compare: PointingContext) {}

  /** Asks every encoder what looks like this place. Called on every move: only the latest waits. */
  move(place: UnitPlace): void {
    this.compare.store.setState({ point: place });
    void this.askMatcher();
    if (!this.isFollowing) void this.follow();
  }

  optionsAt(at: UnitPlace): SimilarityOptions {
    const { settings } = this.compare.store.getState();
    // The photo that was pointed at may have been taken away.
    const slot = this.compare.photos()[at.slot] ? at.slot : (this.compare.slots()[0] ?? 'a');
    const { temperature, bestPlaces, exclusion } = settings;
    return { at: { ...at, slot }, count: bestPlaces, exclusion, temperature };
  }

  /** Follows the point until every column shows what was asked last; all columns change together. */
  private async follow(): Promise<void> {
    const { store, jobs, link } = this.compare;
    this.isFollowing = true;
    try {
      let asked: UnitPlace | null = null;
      while (asked !== store.getState().point && store.getState().settings.page === 'similarity') {
        const { point, columns, settings } = store.getState();
        asked = point;
        const ready = this.compare
          .chosen()
          .filter(({ id }) => columns[id]?.result?.page === 'similarity' && !jobs.isRunning(id));
        if (ready.length === 0) return;
        const encodings = ready.map((encoder) => ({ encoder, longSide: settings.longSide }));
        const answers = await link.call('similarities', { encodings, options: this.optionsAt(point) });
        store.setState(({ columns: present }) => {
          const updated = { ...present };
          ready.forEach(({ id }, i) => {
            if (present[id]) updated[id] = { ...present[id], result: { ...answers[i], page: 'similarity' } };
          });
          return { columns: updated };
        });
      }
    } catch (thrown) {
      if (!isCancelled(thrown)) this.compare.workspace.notices.report(thrown);
    } finally {
      this.isFollowing = false;
    }
  }

  /** Where the matcher of the other page says that the point lies; it knows photos A and B. */
  async askMatcher(): Promise<void> {
    const { store, workspace } = this.compare;
    const { point } = store.getState();
    const { photos } = workspace.store.getState();
    let matched: CompareState['matched'] = null;
    if (point.slot === 'a' || point.slot === 'b') {
      const from = photos[point.slot].photo;
      if (from) {
        const { width, height } = from.info.size;
        const probe = await workspace.placeOf({ side: point.slot, x: point.x * width, y: point.y * height });
        if (store.getState().point !== point) return;
        const place = probe?.to;
        const to = place && photos[place.side].photo?.info.size;
        if (place && to) {
          matched = { slot: place.side, x: place.x / to.width, y: place.y / to.height, certainty: probe.certainty };
        }
      }
    }
    if (matched !== store.getState().matched) store.setState({ matched });
  }
}
