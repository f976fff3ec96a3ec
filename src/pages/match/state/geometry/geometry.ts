import { isCancelled, toPlainError } from '../../../../core/errors.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { CloudView } from '../../contract/geometry-fit.ts';
import type { FitSettings } from '../../params.ts';
import type { EngineLink, TransferableCanvas } from '../engine-link.ts';
import { viewOf } from '../../views/index.ts';
import type { CloudChoice, GeometryState } from './geometry-state.ts';
import { pairStem } from '../pair-stem.ts';
import type { MatchStore } from '../store.ts';
import type { MatchState } from '../types.ts';

/** Sliders move many times a second; a fit takes some tenths of one. */
const SETTLE_MS = 200;

/** Keeps a fitted model in step with the match and the person's choices. The models are never run for it. */
export class Geometry {
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
  ) {
    this.unsubscribe = store.subscribe((now, before) => this.follow(now, before));
  }

  /** The person turns to geometry: a model is fitted, and the matches take their colours from it. */
  open(): void {
    if (this.state.isOpen) return;
    this.patch({ isOpen: true });
    const { view } = this.store.getState();
    if (view.colorBy === 'position') this.store.setState({ view: { ...view, colorBy: 'inliers' } });
  }

  /** An essential matrix is fitted, and its points in space are made and shown. */
  showPoints(): void {
    this.update({ model: 'essential', cloud: true });
    this.open();
  }

  /** The last fit stays for what is drawn by it. */
  close(): void {
    if (this.state.isOpen) this.patch({ isOpen: false });
  }

  update(settings: Partial<FitSettings>): void {
    this.patch({ settings: { ...this.state.settings, ...settings } });
  }

  choose(choice: Partial<CloudChoice>): void {
    this.patch({ choice: { ...this.state.choice, ...choice } });
  }

  /** Fits anew to the present match, at once. */
  fit(): Promise<void> {
    clearTimeout(this.timer);
    const { view, result } = this.store.getState();
    if (!result) return Promise.resolve();
    const request = { settings: this.state.settings, certainty: view.threshold, cycleLimit: view.cycleLimit };
    return this.run('fit', async (options) => {
      const fit = await this.link.call('fitModel', request, options);
      return { fit, cloud: null };
    });
  }

  /** Triangulates by the cameras of the present fit. */
  makeCloud(): Promise<void> {
    const { view } = this.store.getState();
    const request = { ...this.state.choice, certainty: view.threshold, cycleLimit: view.cycleLimit };
    return this.run('cloud', async (options) => ({ cloud: await this.link.call('reconstruct', request, options) }));
  }

  /** Stops what is running; what is there stays. */
  abort(): void {
    this.running?.abort();
    this.running = null;
    if (this.state.job) this.patch({ job: null });
  }

  /** The fit (JSON) or the cloud (PLY) as a file. Rejects with `geometry-nothing`, `geometry-no-match`. */
  save(format: 'json' | 'ply'): Promise<ExportedFile> {
    return this.link.call('exportGeometry', { format, name: pairStem(this.store.getState()) });
  }

  /** Draws the cloud on a canvas, which this call takes over. */
  async showCloud(canvas: TransferableCanvas): Promise<{ drawnBy: 'webgpu' | 'canvas' }> {
    return this.link.call('showCloud', { canvas: canvas.transferControlToOffscreen() });
  }

  viewCloud(view: CloudView): Promise<void> {
    return this.link.call('viewCloud', view);
  }

  hideCloud(): Promise<void> {
    return this.link.call('hideCloud', {});
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.unsubscribe();
  }

  private get state(): GeometryState {
    return this.store.getState().geometry;
  }

  private patch(patch: Partial<GeometryState>): void {
    this.store.setState(({ geometry }) => ({ geometry: { ...geometry, ...patch } }));
  }

  private follow(now: MatchState, before: MatchState): void {
    if (now.result !== before.result) {
      clearTimeout(this.timer);
      this.abort();
      const { fit, cloud, error } = this.state;
      if (fit || cloud || error) this.patch({ fit: null, cloud: null, error: null });
    }
    if (!now.result || !isWanted(now)) return;
    if (wantsCloud(now) && !wantsCloud(before)) void this.makeCloud();
    const isNew = now.result !== before.result || !isWanted(before);
    const { fit, settings } = this.state;
    if (isNew ? fit?.model !== settings.model : requestKey(now) !== requestKey(before)) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.fit(), isNew ? 0 : SETTLE_MS);
    }
  }

  private async run(
    kind: 'fit' | 'cloud',
    work: (options: {
      signal: AbortSignal;
      onProgress: (progress: { fraction: number | null }) => void;
    }) => Promise<Partial<GeometryState>>,
  ): Promise<void> {
    this.running?.abort();
    const controller = new AbortController();
    this.running = controller;
    this.patch({ job: { kind, fraction: null }, error: null });
    const finish = (patch: Partial<GeometryState>) => {
      if (this.running !== controller) return;
      this.running = null;
      this.patch({ ...patch, job: null });
    };
    try {
      const { signal } = controller;
      const done = await work({
        signal,
        onProgress: ({ fraction }) => {
          if (!signal.aborted) this.patch({ job: { kind, fraction } });
        },
      });
      finish(done);
    } catch (thrown) {
      if (isCancelled(thrown)) finish({});
      else finish({ ...(kind === 'fit' ? { fit: null } : {}), cloud: null, error: toPlainError(thrown) });
    }
  }
}

/** Whether anything shown needs a fit. */
const isWanted = ({ geometry, view }: MatchState): boolean =>
  geometry.isOpen ||
  view.colorBy === 'inliers' ||
  view.compareBy !== 'match' ||
  (viewOf(view.view).needsPose === true && geometry.settings.model === 'essential');

/** Whether the points in space are to be shown, and there are cameras but no points yet. */
const wantsCloud = ({ geometry: { isOpen, settings, fit, cloud, job, error } }: MatchState): boolean =>
  isOpen && settings.cloud && fit?.model === settings.model && fit.cameras !== null && !cloud && !job && !error;

/** What a fit depends on besides the match. */
function requestKey({ geometry: { settings }, view: { threshold, cycleLimit } }: MatchState): string {
  const { fov, cloud: _, ...others } = settings;
  return JSON.stringify([others, settings.model === 'essential' && fov, threshold, cycleLimit]);
}
