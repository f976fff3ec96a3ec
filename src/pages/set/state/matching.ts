import { isCancelled, toPlainError } from '../../../core/errors.ts';
import { overLosses } from '../../../platform/worker/over-losses.ts';
import type { PairOfIds, SetMatchOptions } from '../contract/api.ts';
import { type LookedPair, lonelyPairs } from '../../../sets/lonely.ts';
import { allPairs, sequencePairs } from '../../../sets/pairing.ts';
import { chosenModel } from '../../../workspace/models.ts';
import type { SetContext } from './context.ts';
import { type PairState, pairName, ruleOf } from './types.ts';

/** Matches the pairs of the set one after the other, and puts them together. */
export class SetMatching {
  private running: AbortController | null = null;
  private wantsPause = false;

  constructor(private readonly set: SetContext) {}

  /** How pairs are matched now; null while no model is known. */
  options(): (SetMatchOptions & { modelName: string }) | null {
    const { workspace, store } = this.set;
    const state = workspace.store.getState();
    const model = chosenModel(state);
    if (!model) return null;
    return {
      model: { id: model.id, manifestUrl: model.manifestUrl },
      modelName: model.name,
      longSide: state.settings.longSide,
      rescue: store.getState().values.rescue,
    };
  }

  /**
   * The pairs that the rule means, and what is known of them already. Likely ones are found when they are wanted: that encodes
   * every photo.
   */
  async plan(): Promise<void> {
    const { store, link } = this.set;
    const state = store.getState();
    const ids = state.photos.map(({ id }) => id);
    const rule = ruleOf(state);
    if (rule === 'likely') {
      store.setState({ planned: null });
      return;
    }
    const pairs = rule === 'all' ? allPairs(ids.length) : sequencePairs(ids.length, state.values.reach);
    const planned = pairs.map(([i, j]) => ({ a: ids[i], b: ids[j] }));
    store.setState({ planned });
    const options = this.options();
    if (!options || !planned.length || !link.isRunning) return;
    const found = await link.call('known', { ...options, pairs: planned });
    if (store.getState().planned !== planned) return;
    const known = planned.flatMap((pair, k) => {
      const facts = found[k];
      return facts ? [[pairName(pair), { state: 'done', facts }] as const] : [];
    });
    store.setState({ pairs: Object.fromEntries(known) });
    if (known.length === planned.length) await this.assemble();
  }

  /** Matches what is not there yet; goes on where it was paused. */
  async run(): Promise<void> {
    const { store, link, workspace } = this.set;
    if (this.running) {
      this.wantsPause = false;
      store.setState({ status: 'running' });
      return;
    }
    if (!chosenModel(workspace.store.getState())) await workspace.loadModels();
    const options = this.options();
    if (!options) return;
    const controller = new AbortController();
    this.running = controller;
    this.wantsPause = false;
    store.setState({ status: 'running', facts: null, track: null });
    const { signal } = controller;
    const heard = {
      signal,
      onProgress: (progress: NonNullable<ReturnType<typeof store.getState>['current']>['progress']) =>
        store.setState(({ current }) => ({ current: { pair: current?.pair ?? null, progress } })),
    };
    try {
      let { planned } = store.getState();
      if (!planned) {
        store.setState({ current: { pair: null, progress: { stage: 'encode', fraction: 0 } } });
        const { photos, values } = store.getState();
        const ids = photos.map(({ id }) => id);
        planned = await link.call('likely', { ...options, ids, neighbours: values.neighbours }, heard);
        store.setState({ planned });
      }
      const isMissing = (pair: PairOfIds) => store.getState().pairs[pairName(pair)]?.state !== 'done';
      if (!(await this.matchEach(planned.filter(isMissing), options, heard))) return;
      if (!options.rescue && !(await this.matchEach(this.lonely(planned), { ...options, rescue: true }, heard))) return;
      store.setState({ current: null });
      await this.assemble();
      store.setState({ status: 'idle' });
    } catch (thrown) {
      if (!isCancelled(thrown)) this.set.report(thrown);
      store.setState({ status: 'idle' });
    } finally {
      this.running = null;
      store.setState({ current: null });
    }
  }

  /** After the pair at hand. */
  pause(): void {
    this.wantsPause = true;
    this.set.store.setState({ status: 'pausing' });
  }

  /** At once; what is done stays. */
  cancel(): void {
    this.running?.abort();
    if (!this.running) this.set.store.setState({ status: 'idle' });
  }

  /** Puts together what is there: also a part of the pairs. */
  async assemble(): Promise<void> {
    const { store, link } = this.set;
    const { photos, planned, pairs, values } = store.getState();
    const options = this.options();
    const done = (planned ?? []).filter((pair) => pairs[pairName(pair)]?.state === 'done');
    if (!options || !done.length) return;
    const request = { ...options, ids: photos.map(({ id }) => id), pairs: done, keypoints: values.keypoints };
    const facts = await link.call('assemble', request, {
      onProgress: (progress) => store.setState({ current: { pair: null, progress } }),
    });
    const fitted = done.flatMap((pair, i): [string, PairState][] => {
      const name = pairName(pair);
      const state = store.getState().pairs[name];
      if (state?.state !== 'done' || state.facts.geometry === facts.geometries[i]) return [];
      return [[name, { state: 'done', facts: { ...state.facts, geometry: facts.geometries[i] } }]];
    });
    store.setState(({ pairs }) => ({
      ...{ facts, track: null, current: null },
      ...(fitted.length && { pairs: { ...pairs, ...Object.fromEntries(fitted) } }),
    }));
  }

  /** @returns whether it came to the end; it was paused otherwise */
  private async matchEach(
    pairs: readonly PairOfIds[],
    options: SetMatchOptions,
    heard: { signal: AbortSignal },
  ): Promise<boolean> {
    const { store } = this.set;
    for (const pair of pairs) {
      if (this.wantsPause) {
        store.setState({ status: 'paused', current: null });
        return false;
      }
      store.setState({ current: { pair, progress: null } });
      await this.matchOne(pair, options, heard);
    }
    return true;
  }

  /** Pairs of photos that nothing ties to the others: looked at again with the whole search. */
  private lonely(planned: readonly PairOfIds[]): PairOfIds[] {
    const { photos, pairs } = this.set.store.getState();
    const place = new Map(photos.map(({ id }, i) => [id, i]));
    const looked = planned.flatMap(({ a, b }): LookedPair[] => {
      const state = pairs[pairName({ a, b })];
      if (state?.state !== 'done') return [];
      const { geometry, verdict } = state.facts;
      const promise = Math.max(verdict.meanCertainty.a, verdict.meanCertainty.b);
      return [{ pair: [place.get(a)!, place.get(b)!], isVerified: geometry !== 'degenerate', promise }];
    });
    return lonelyPairs(photos.length, looked).map(([i, j]) => ({ a: photos[i].id, b: photos[j].id }));
  }

  private async matchOne(
    pair: { a: string; b: string },
    options: SetMatchOptions,
    heard: { signal: AbortSignal },
  ): Promise<void> {
    const { store, link, workspace } = this.set;
    const keep = (state: ReturnType<typeof store.getState>['pairs'][string]) =>
      store.setState(({ pairs }) => ({ pairs: { ...pairs, [pairName(pair)]: state } }));
    try {
      keep({ state: 'done', facts: await overLosses(() => link.call('match', { ...options, pair }, heard)) });
      workspace.gpu.losses.confirm();
    } catch (thrown) {
      if (isCancelled(thrown) || !link.isRunning) throw thrown;
      keep({ state: 'failed', error: toPlainError(thrown) });
    }
  }
}
