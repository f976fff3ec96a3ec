import { handPairs } from '../../compare/page.ts';
import { handScene } from '../../scene/page.ts';
import type { LiftContext } from './context.ts';

/** What it needs of the studio. */
interface SendingContext extends LiftContext {
  photoTitle(): string | null;
}

/** The present pair on the other pages. */
export class Sending {
  /** Photos that this page put on the Match page itself: they are not lifted in their turn. */
  private readonly sent = new WeakSet<Blob>();

  constructor(private readonly lift: SendingContext) {}

  hasSent(file: Blob): boolean {
    return this.sent.has(file);
  }

  /** Makes the two views photos A and B of the Match page, and shows it. */
  async toMatch(): Promise<void> {
    const { link, workspace } = this.lift;
    try {
      const { a, b, name } = await link.call('pair', {});
      for (const file of [a, b]) this.sent.add(file);
      // Before the page is shown: it would begin with matching the photos that were there.
      await Promise.all([
        workspace.photos.openFile('a', a, `${name} – photo.png`),
        workspace.photos.openFile('b', b, `${name} – new view.png`),
      ]);
      workspace.showPage('match');
    } catch (thrown) {
      this.lift.report(thrown);
    }
  }

  /** Puts the pair with its exact truth among those that encoders are scored on, and shows them. */
  async toCompare(): Promise<void> {
    const { link, store, workspace } = this.lift;
    try {
      const pair = await link.call('pair', {});
      const viewpoint = store.getState().facts?.viewpoint ?? 0;
      await handPairs(workspace, [{ ...pair, name: `${this.lift.photoTitle()}, ${viewpoint.toFixed(0)}° (lifted)` }]);
    } catch (thrown) {
      this.lift.report(thrown);
    }
  }

  /** Opens the lifted photo as a scene of Gaussians: seen from anywhere, and made into pairs. */
  async toScene(): Promise<void> {
    const { link, workspace } = this.lift;
    try {
      const { table, camera, notes } = await link.call('splats', {});
      const name = `${this.lift.photoTitle()} (lifted)`;
      await handScene(workspace, { name, madeFrom: 'lifted photo', table, cameras: [camera], notes });
    } catch (thrown) {
      this.lift.report(thrown);
    }
  }
}
