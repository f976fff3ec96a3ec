import { isCancelled, toPlainError } from '../../../../core/errors.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { GpuCheck } from '../../../../core/match.ts';
import type { InstalledModel } from '../../../../models/library-contract.ts';
import type { FlownScene, PriorSource } from '../../contract/fly.ts';
import { viewOf } from '../../views/index.ts';
import type { EngineLink } from '../engine-link.ts';
import { pairStem } from '../pair-stem.ts';
import { type FlyState, NO_FLY } from './fly-state.ts';
import type { MatchStore } from '../store.ts';
import type { MatchState } from '../types.ts';

/** Sliders move many times a second; a scene takes a second. */
const SETTLE_MS = 300;

/** Makes the scene when its view is first looked at, and anew with match and cameras. No model is run for it but a network that was chosen. */
export class Flying {
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
    /** The GPU was checked, or its check recalled. */
    private readonly tellCheck: (check: GpuCheck) => void,
  ) {
    this.unsubscribe = store.subscribe((now, before) => this.follow(now, before));
  }

  /** Makes the scene of the present match, at once. */
  async make(): Promise<void> {
    clearTimeout(this.timer);
    this.running?.abort();
    const { view, geometry, result } = this.store.getState();
    if (!result) return;
    const network = networkOf(this.store.getState());
    const controller = new AbortController();
    this.running = controller;
    this.patch({ info: null, isMaking: true, doing: null, error: null });
    const request = {
      settings: geometry.settings,
      certainty: view.threshold,
      cycleLimit: view.cycleLimit,
      network: network && { manifestUrl: network.manifestUrl },
      factor: view.flyScale,
      prior: network ? null : priorOf(this.store.getState()),
      refine: view.flyRefine && network === null,
    };
    const finish = (patch: Partial<FlyState>) => {
      if (this.running !== controller) return;
      this.running = null;
      this.patch({ ...patch, isMaking: false, doing: null });
    };
    try {
      finish({
        info: await this.link.call('makeFly', request, {
          signal: controller.signal,
          onProgress: ({ stage, fraction, check }) => {
            if (check) this.tellCheck(check);
            if (this.running === controller && (network || request.prior?.kind === 'network' || request.refine))
              this.patch({ doing: { stage, fraction } });
          },
        }),
      });
    } catch (thrown) {
      finish(isCancelled(thrown) ? {} : { error: toPlainError(thrown) });
    }
  }

  /** The scene as a file. Rejects with `fly-none`. */
  save(format: 'ply' | 'spz'): Promise<ExportedFile> {
    return this.link.call('saveFly', { format, name: pairStem(this.store.getState()) });
  }

  /** The scene itself, for another page. */
  hand(): Promise<FlownScene> {
    return this.link.call('handFly', {});
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.unsubscribe();
  }

  private patch(patch: Partial<FlyState>): void {
    this.store.setState(({ fly }) => ({ fly: { ...fly, ...patch } }));
  }

  private follow(now: MatchState, before: MatchState): void {
    const { fly } = this.store.getState();
    const isSame = now.result === before.result && requestKey(now) === requestKey(before);
    // A scene that takes long, as when its cameras are refined, would make the match wait for it.
    const begins = now.job !== null && before.job === null;
    if (!isSame || begins) clearTimeout(this.timer);
    if (!isSame || (begins && fly.isMaking)) {
      this.running?.abort();
      this.running = null;
      if (fly !== NO_FLY) this.store.setState({ fly: NO_FLY });
    }
    const isWanted = isFlownNow(now);
    if (!isWanted || (isSame && (isFlownNow(before) || fly.info || fly.isMaking))) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.make(), now.result === before.result && !isSame ? SETTLE_MS : 0);
  }
}

/** Whether the match is looked at as a scene, and no other is on its way. */
const isFlownNow = ({ result, job, view }: MatchState): boolean =>
  result !== null && job === null && viewOf(view.view).isFlown === true;

/** What a scene depends on besides the match. */
function requestKey(state: MatchState): string {
  const { model: _model, threshold: _threshold, ...lenses } = state.geometry.settings;
  const { threshold, cycleLimit, flyScale, flyRefine } = state.view;
  const prior = priorOf(state);
  const network = networkOf(state);
  return JSON.stringify([
    lenses,
    threshold,
    cycleLimit,
    network ? [network.manifestUrl, flyScale] : [prior, flyRefine],
  ]);
}

/** The networks on this device that make scenes. */
export const sceneNetworks = (installed: readonly InstalledModel[] | null): InstalledModel[] =>
  (installed ?? []).filter(({ kind }) => kind === 'splats');

/** The one that is to make the scene; a link may name one that is not installed here. */
const networkOf = ({ view: { flyBy }, library: { installed } }: MatchState): InstalledModel | null =>
  sceneNetworks(installed).find(({ id }) => id === flyBy) ?? null;

/** What stands for the lift studio's estimate where networks are named by their ids. */
export const ESTIMATE = 'estimate';

/** The networks on this device that tell depth. */
export const depthNetworks = (installed: readonly InstalledModel[] | null): InstalledModel[] =>
  (installed ?? []).filter(({ kind }) => kind === 'depth');

/** What tells depth beside the match; a link may name a network that is not installed here. */
function priorOf({ view: { flyDepth }, library: { installed } }: MatchState): PriorSource | null {
  if (flyDepth === ESTIMATE) return { kind: 'estimate' };
  const found = depthNetworks(installed).find(({ id }) => id === flyDepth);
  return found ? { kind: 'network', manifestUrl: found.manifestUrl } : null;
}
