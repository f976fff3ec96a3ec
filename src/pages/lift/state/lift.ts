import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { CodedError } from '../../../core/errors.ts';
import { isCancelled, toPlainError } from '../../../core/errors.ts';
import { isWorkerDeath } from '../../../platform/worker/worker-client.ts';
import { drawLights } from '../../../geometry/lift/lights.ts';
import type { Side, Size } from '../../../core/geometry.ts';
import type { FrameFacts, LiftDisplay, LiftPicture } from '../contract/api.ts';
import type { LiftSettings, PhotometricSettings } from '../contract/settings.ts';
import { DEFAULT_LIFT } from '../contract/settings.ts';
import { resolveTheme } from '../../../platform/page/theme.ts';
import type { WorkspaceState } from '../../../workspace/types.ts';
import { needsOtherWorker } from '../../../workspace/store.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import { formatLiftOptions, parseLiftOptions } from './address.ts';
import { DatasetJob } from './scoring/dataset-job.ts';
import { Frames, type WantedFrame } from './frames.ts';
import { takeLiftOffer } from './intake.ts';
import { LiftLink, type SpawnLiftWorker, type TransferableCanvas } from './link.ts';
import { drawView, moveView, type ViewMove } from './motion.ts';
import { Networks } from './depth/networks.ts';
import { Opening } from './depth/opening.ts';
import { Probing } from './scoring/probing.ts';
import { Scoring } from './scoring/scoring.ts';
import { Sending } from './sending.ts';
import { Sweeping } from './scoring/sweeping.ts';
import { type DepthChoice, initialLift, type LiftedPhoto, type LiftState, type ViewDraw } from './types.ts';

export type LiftStore = StoreApi<LiftState>;

/**
 * The lift studio of a workspace: the photo that is lifted, how it is seen anew, and what is measured on the two views.
 * Its worker starts when the page is first shown.
 */
export class Lift {
  readonly store: LiftStore;
  readonly link: LiftLink;
  readonly opening: Opening;
  readonly networks: Networks;
  readonly frames: Frames;
  readonly probing: Probing;
  readonly scoring: Scoring;
  readonly sweeping: Sweeping;
  readonly dataset: DatasetJob;
  readonly sending: Sending;
  private isAwake = false;
  private readonly unsubscribe: () => void;

  constructor(
    readonly workspace: Workspace,
    spawn: SpawnLiftWorker,
  ) {
    const linked = parseLiftOptions(workspace.store.getState().pageOptions);
    this.store = createStore<LiftState>()(() => ({ ...initialLift(), ...linked }));
    this.link = new LiftLink({
      spawn,
      provider: () => workspace.store.getState().settings.provider,
      gpu: workspace.gpu,
      hear: ({ check }) => check && workspace.tellCheck(check),
      onStart: (info) => this.store.setState({ info }),
      onEnd: (error) => this.onEnd(error),
    });
    this.opening = new Opening(this);
    this.networks = new Networks(this);
    this.frames = new Frames({
      link: this.link,
      wanted: () => this.wantedFrame(),
      onFrame: (facts) => this.onFrame(facts),
      onRest: () => this.scoring.viewRests(),
      onError: (thrown) => {
        if (isCancelled(thrown) || isWorkerDeath(thrown)) return;
        workspace.notices.add('error', this.networks.afterFailure(toPlainError(thrown)));
      },
    });
    this.probing = new Probing(this);
    this.scoring = new Scoring(this);
    this.sweeping = new Sweeping(this);
    this.dataset = new DatasetJob(this);
    this.sending = new Sending(this);
    const unsubscribes = [
      workspace.store.subscribe((now, before) => this.follow(now, before)),
      this.store.subscribe((now, before) => this.onChange(now, before)),
    ];
    this.unsubscribe = () => unsubscribes.forEach((stop) => stop());
  }

  /** The page is looked at: the photo is lifted, and dropped files are this page's. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.workspace.photos.interceptor = (offer, target) => takeLiftOffer(this, offer, target);
    this.followPhoto();
    this.opening.refresh();
    this.frames.update();
  }

  /** The page is left: nothing more is rendered. A sweep or an export that runs goes on. */
  sleep(): void {
    if (!this.isAwake) return;
    this.isAwake = false;
    this.workspace.photos.interceptor = null;
    this.scoring.stop();
    this.probing.leave();
  }

  /** Whether the worker may be called: the page is looked at, and both canvases are there. */
  get canWork(): boolean {
    return this.isAwake && this.store.getState().stopped === null && this.link.canStart;
  }

  attach(side: Side, canvas: TransferableCanvas): void {
    this.link.attach(side, canvas);
    this.opening.refresh();
  }

  /** Device pixels of a pane's canvas. */
  resize(side: Side, size: Size): void {
    this.frames.resize(side, size);
  }

  /** Starts the worker again after it died too often. */
  restart(): void {
    this.link.retry();
    this.store.setState({ stopped: null });
    this.opening.refresh();
  }

  /** Changes a part of the settings; renders anew. */
  set<K extends keyof LiftSettings>(part: K, patch: Partial<LiftSettings[K]>): void {
    this.store.setState(({ settings, draw }) => ({
      settings: { ...settings, [part]: { ...settings[part], ...patch } },
      // A view that was set by hand is no longer the seed's.
      draw: part === 'motion' ? null : draw,
    }));
  }

  setPhotometric(side: Side, patch: Partial<PhotometricSettings>): void {
    const { photometric } = this.store.getState().settings;
    this.set('photometric', { [side]: { ...photometric[side], ...patch } });
  }

  move(move: ViewMove): void {
    const { settings } = this.store.getState();
    const motion = moveView(settings, move);
    if (motion !== settings.motion) this.set('motion', motion);
  }

  /** Back to the view that the page begins with. */
  resetView(): void {
    this.set('motion', DEFAULT_LIFT.motion);
  }

  /** Draws a view at random from the present seed. */
  drawView(draw: ViewDraw): void {
    const { settings, seed } = this.store.getState();
    const { focal, motion } = drawView(draw, seed, settings.depth.focal);
    this.store.setState({ settings: { ...settings, motion, depth: { ...settings.depth, focal } }, draw });
  }

  /** Another seed: what was drawn from the old one is drawn anew. */
  setSeed(seed: number): void {
    this.store.setState({ seed });
    const { draw } = this.store.getState();
    if (draw !== null) this.drawView(draw);
  }

  /** Lights and ambient from L2M's ranges and the present seed; lights the new view where neither is lit. */
  drawLights(): void {
    const { settings, seed } = this.store.getState();
    const { ambient, lights } = drawLights(seed);
    const { on } = settings.light;
    this.set('light', { ambient, lights, on: on.a || on.b ? on : { a: false, b: true } });
  }

  show(side: Side, picture: LiftPicture): void {
    const { pictures } = this.store.getState().display;
    this.setDisplay({ pictures: { ...pictures, [side]: picture } });
  }

  setDisplay(patch: Partial<LiftDisplay>): void {
    this.store.setState(({ display }) => ({ display: { ...display, ...patch } }));
  }

  chooseDepth(depthChoice: DepthChoice): void {
    this.store.setState({ depthChoice });
    this.opening.refresh();
  }

  /** What the person calls the photo: a sample by its title. */
  photoTitle(): string | null {
    const { photo } = this.store.getState();
    const sample = this.workspace.store.getState().samples.find(({ a }) => a === photo?.address);
    return sample?.title ?? photo?.name ?? null;
  }

  /** Lifts another photo; null takes the present one away. */
  lift(photo: Omit<LiftedPhoto, 'url'> | null): void {
    const before = this.store.getState().photo;
    const { depthChoice } = this.store.getState();
    this.store.setState({
      photo: photo && { ...photo, url: URL.createObjectURL(photo.file) },
      // A map that was dropped belongs to its photo.
      depthChoice: depthChoice.kind === 'file' ? { kind: 'auto' } : depthChoice,
      depth: null,
      facts: null,
      score: null,
      probe: null,
    });
    if (before) URL.revokeObjectURL(before.url);
    this.opening.refresh();
  }

  /** A photo was refused: the one before stays. */
  keepPhoto(photo: LiftedPhoto | null): void {
    const refused = this.store.getState().photo;
    if (refused === photo) return;
    // Its address was revoked when the refused one came.
    this.store.setState({ photo: photo && { ...photo, url: URL.createObjectURL(photo.file) } });
    if (refused) URL.revokeObjectURL(refused.url);
    this.opening.refresh();
  }

  /** The worker has opened the photo or its depth. */
  photoOpened(): void {
    this.frames.invalidate();
  }

  report(thrown: unknown): void {
    this.workspace.notices.report(thrown);
  }

  dispose(): void {
    this.sleep();
    this.unsubscribe();
    this.opening.stop();
    this.sweeping.stop();
    this.dataset.stop();
    this.link.end();
    const { photo } = this.store.getState();
    if (photo) URL.revokeObjectURL(photo.url);
  }

  private wantedFrame(): WantedFrame | null {
    if (!this.canWork || !this.opening.isOpen) return null;
    const { settings, seed, display } = this.store.getState();
    return { settings, seed, display, theme: resolveTheme(this.workspace.store.getState()) };
  }

  private onFrame(facts: FrameFacts): void {
    this.link.confirm();
    this.workspace.gpu.losses.confirm();
    this.store.setState(({ score }) => ({ facts, isScoreOld: score !== null }));
    void this.probing.refresh();
  }

  private onChange(now: LiftState, before: LiftState): void {
    if (now.settings !== before.settings || now.seed !== before.seed) this.scoring.viewChanged();
    if (now.settings !== before.settings || now.seed !== before.seed || now.display !== before.display) {
      this.frames.update();
    }
    const keys = [
      'settings',
      'seed',
      'display',
      'depthChoice',
      'scoreSettings',
      'sweepSettings',
      'datasetSettings',
    ] as const;
    if (keys.some((key) => now[key] !== before[key])) this.workspace.linkPage('lift', formatLiftOptions(now));
  }

  private follow(now: WorkspaceState, before: WorkspaceState): void {
    if (needsOtherWorker(now, before)) this.link.end();
    if (now.library.networks !== before.library.networks) {
      this.networks.follow(now.library.networks, before.library.networks);
    }
    if (!this.isAwake) return;
    if (now.photos !== before.photos) this.followPhoto();
    if (now.library.installed !== before.library.installed || now.samples !== before.samples) this.opening.refresh();
    if (resolveTheme(now) !== resolveTheme(before)) this.frames.update();
  }

  /** The Match page's photo A is what is lifted; B where there is only that. */
  private followPhoto(): void {
    const { a, b } = this.workspace.store.getState().photos;
    const found = a.photo ?? (a.opening === null ? b.photo : null);
    const { photo } = this.store.getState();
    if (found?.file === photo?.file || (found && this.sending.hasSent(found.file)) || a.opening !== null) return;
    const address = found?.source.kind === 'address' ? found.source.url : null;
    this.lift(found && { file: found.file, name: found.name, address });
  }

  private onEnd(error: CodedError | null): void {
    this.opening.forget();
    this.frames.forget();
    if (error) this.workspace.tellEnd(error);
    this.store.setState(({ epoch }) => ({
      epoch: epoch + 1,
      info: null,
      stopped: error && this.link.isGivenUp ? toPlainError(error) : null,
      facts: null,
      score: null,
      networks: { sky: null, inpainting: null },
    }));
  }
}
