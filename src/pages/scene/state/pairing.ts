import { isCancelled } from '../../../core/errors.ts';
import type { Side } from '../../../core/geometry.ts';
import { PAIR_SIZE, type PairCameras } from '../contract/api.ts';
import { viewCamera } from '../contract/view.ts';
import { handPairs } from '../../compare/page.ts';
import type { SceneContext } from './context.ts';
import { ruleOf, type ShownPair, viewOf } from './types.ts';

/** What it needs of the page. */
interface PairingContext extends SceneContext {
  readonly scoring: { run(): Promise<void>; clear(): void };
}

/** Two views of the open scene with exact truth between them. One job at a time; a newer one ends it. */
export class Pairing {
  private running: AbortController | null = null;

  constructor(private readonly scene: PairingContext) {}

  /** Makes the present view one of the two; where the other is there, the pair is rendered and labelled. */
  async take(side: Side): Promise<void> {
    const state = this.scene.store.getState();
    const view = viewOf(state);
    if (!state.facts || !view) return;
    const chosen = { ...state.chosen, [side]: viewCamera(view, state.values, PAIR_SIZE) };
    this.scene.store.setState({ chosen });
    const { a, b } = chosen;
    if (a && b) await this.run('Pair', (signal) => this.label({ a, b }, null, signal));
  }

  /** Draws two views by the seed, in the bin that is chosen. */
  draw(): Promise<void> {
    return this.run('Drawing a pair', async (signal) => {
      const { store, link } = this.scene;
      const { seed, bins, bin, up, fieldOfView } = store.getState().values;
      const rule = ruleOf(store.getState());
      const options = { seed, bins, bin, rule, lens: { up, fieldOfView } };
      const { a, b, overlap, isInBin } = await link.call('drawPair', options, this.heard(signal));
      await this.label({ a, b }, { overlap, isInBin }, signal);
      store.setState({ chosen: { a, b } });
    });
  }

  /** Ends the job that runs; the pair shown stays. */
  stop(): void {
    this.running?.abort();
  }

  /** Another scene: its predecessor's views mean nothing. */
  clear(): void {
    this.stop();
    this.show(null);
    this.scene.store.setState({ chosen: { a: null, b: null } });
  }

  /** Makes the two pictures photos A and B of the Match page, and shows it. */
  async toMatch(): Promise<void> {
    const { store, workspace } = this.scene;
    const { pair, facts } = store.getState();
    if (!pair || !facts) return;
    // Before the page is shown: it would begin with matching the photos that were there.
    await Promise.all(
      (['a', 'b'] as const).map((side) =>
        workspace.photos.openFile(side, pair.pictures[side], `${facts.name} – view ${side.toUpperCase()}.png`),
      ),
    );
    workspace.showPage('match');
  }

  /** Puts the pair with its exact truth among those that encoders are scored on, and shows them. */
  async toCompare(): Promise<void> {
    const { store, link, workspace } = this.scene;
    const { pair, facts } = store.getState();
    if (!pair || !facts) return;
    const truth = await link.call('truth', { pair: pair.id });
    await handPairs(workspace, [{ name: `${facts.name}, pair ${pair.id}`, ...pair.pictures, truth }]);
  }

  private async label(cameras: PairCameras, drawn: ShownPair['drawn'], signal: AbortSignal): Promise<void> {
    const { store, link } = this.scene;
    const result = await link.call('pair', { ...cameras, rule: ruleOf(store.getState()) }, this.heard(signal));
    const urls = {
      a: URL.createObjectURL(result.pictures.a),
      b: URL.createObjectURL(result.pictures.b),
      labels: URL.createObjectURL(result.labels),
    };
    this.show({ ...result, urls, drawn });
    // A job of its own: the pair is there.
    if (store.getState().values.live) void this.scene.scoring.run();
  }

  private show(pair: ShownPair | null): void {
    const { store } = this.scene;
    const before = store.getState().pair;
    this.scene.scoring.clear();
    store.setState({ pair });
    if (before) Object.values(before.urls).forEach((url) => URL.revokeObjectURL(url));
  }

  private heard(signal: AbortSignal) {
    const { store } = this.scene;
    return {
      signal,
      onProgress: (progress: NonNullable<ReturnType<typeof store.getState>['pairing']>['progress']) =>
        store.setState(({ pairing }) => ({ pairing: pairing && { ...pairing, progress } })),
    };
  }

  private async run(name: string, job: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.stop();
    const controller = new AbortController();
    this.running = controller;
    this.scene.store.setState({ pairing: { name, progress: null } });
    try {
      await job(controller.signal);
    } catch (thrown) {
      if (!isCancelled(thrown)) this.scene.report(thrown);
    } finally {
      if (this.running === controller) {
        this.running = null;
        this.scene.store.setState({ pairing: null });
      }
    }
  }
}
