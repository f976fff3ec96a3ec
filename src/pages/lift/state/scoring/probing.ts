import type { Side } from '../../../../core/geometry.ts';
import type { LiftContext } from '../context.ts';
import type { LiftProbe } from '../types.ts';

/** The place under the pointer, and where the truth has it in the other view. One question at a time, newest next. */
export class Probing {
  private isAsking = false;

  constructor(private readonly lift: LiftContext) {}

  /** Pixels of the rendered size. */
  move(side: Side, x: number, y: number): void {
    const { probe } = this.lift.store.getState();
    // The old answer stays until the new one is there: the mark moves instead of flickering.
    this.lift.store.setState({ probe: { side, x, y, other: probe?.side === side ? probe.other : null } });
    void this.refresh();
  }

  leave(): void {
    if (this.lift.store.getState().probe) this.lift.store.setState({ probe: null });
  }

  /** Asks about the present place; the views may be others. */
  async refresh(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    const { store, link } = this.lift;
    try {
      let answered: LiftProbe | null = null;
      for (;;) {
        const asked = store.getState().probe;
        if (!asked || asked === answered) break;
        const other = await link.call('probe', { side: asked.side, x: asked.x, y: asked.y });
        const now = store.getState().probe;
        if (now?.side !== asked.side) continue;
        const shown: LiftProbe = { ...now, other };
        // The pointer may have gone on: then the answer is shown, and the next question asked.
        if (now === asked) answered = shown;
        store.setState({ probe: shown });
      }
    } catch (thrown) {
      this.lift.report(thrown);
    } finally {
      this.isAsking = false;
    }
  }
}
