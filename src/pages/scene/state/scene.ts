import { createStore, type StoreApi } from 'zustand/vanilla';
import { type CodedError, isCancelled, toPlainError } from '../../../core/errors.ts';
import type { Size } from '../../../core/geometry.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import { resolveTheme } from '../../../platform/page/theme.ts';
import { WorkerLink } from '../../../platform/worker/worker-link.ts';
import { nameOfAddress } from '../../../workspace/photos/fetch-photo.ts';
import { needsOtherWorker } from '../../../workspace/store.ts';
import type { WorkspaceState } from '../../../workspace/types.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import type { SceneProgress, SceneApi, SceneSource } from '../contract/api.ts';
import type { HandedScene } from '../contract/handed-scene.ts';
import { fitView, moveView, type ViewMove, viewOfCamera } from '../contract/view.ts';
import { SCENES, type SceneWorkerLike } from '../link/worker.ts';
import { SCENE_PARAMS, type SceneValues } from '../params.ts';
import { formatSceneOptions, parseSceneOptions, resolveSceneUrl } from './address.ts';
import { takeBeside, takeSceneOffer } from './intake.ts';
import { DatasetJob } from './dataset-job.ts';
import { Pairing } from './pairing.ts';
import { Scoring } from './scoring.ts';
import { Sweeping } from './sweeping.ts';
import { initialScene, ruleOf, type SceneState, viewOf } from './types.ts';

/** The scene that comes with the page. */
export const SAMPLE_SCENE = 'samples/gaussians/kitchen-table.spz';
const BESIDE_SAMPLE = ['cameras.json', 'surfaces.json'];

/** An element that can hand its drawing over to the worker. */
export type TransferableCanvas = Pick<HTMLCanvasElement, 'transferControlToOffscreen'>;

/** What is drawn depends on these alone. */
const DRAWN = [
  'picture',
  'rule',
  'against',
  'view',
  'up',
  'fieldOfView',
] as const satisfies readonly (keyof SceneValues)[];

/** A slider that is still for so long has come to a place worth going back to, milliseconds. */
const UNDO_PAUSE = 700;
const MAX_UNDO = 20;

const nextFrame = (task: () => void) =>
  typeof requestAnimationFrame === 'function' ? requestAnimationFrame(task) : setTimeout(task);

/**
 * The scene page of a workspace: the open scene, how it is looked at, and the pair of views made of it. Its worker starts
 * with the first scene.
 */
export class Scene {
  readonly store: StoreApi<SceneState>;
  readonly link: WorkerLink<SceneApi, SceneProgress>;
  readonly pairing: Pairing;
  readonly scoring: Scoring;
  readonly sweeping: Sweeping;
  readonly dataset: DatasetJob;
  private canvas: OffscreenCanvas | null = null;
  private size: Size = { width: 640, height: 480 };
  private isAwake = false;
  /** What is open or was asked for last: the next worker is given it again. */
  private wanted: { source: SceneSource; address: string | null } | null = null;
  private opening: AbortController | null = null;
  /** Made by another page, and not yet opened: a scene needs the page's canvas. */
  private handed: HandedScene | null = null;
  private isDrawSoon = false;
  private isHiding = false;
  private lastFloaters = -Infinity;
  private readonly unsubscribe: () => void;

  constructor(
    readonly workspace: Workspace,
    spawn: () => SceneWorkerLike,
    private readonly fetcher: typeof fetch = (...request) => fetch(...request),
  ) {
    const linked = parseSceneOptions(workspace.store.getState().pageOptions);
    this.store = createStore<SceneState>()(() => ({ ...initialScene(), ...linked }));
    this.link = new WorkerLink<SceneApi, SceneProgress>({
      kind: SCENES,
      spawn,
      prepare: async (call) => {
        const { canvas } = this;
        this.canvas = null;
        const { provider } = workspace.store.getState().settings;
        this.store.setState({ info: await call('start', { canvas, provider, ...workspace.gpu.told() }) });
        await call('resize', { size: this.size });
      },
      hear: ({ check }) => check && workspace.tellCheck(check),
      absolve: (death) => workspace.gpu.losses.hear(death),
      onEnd: (error) => this.onEnd(error),
    });
    this.scoring = new Scoring(this);
    this.pairing = new Pairing(this);
    this.sweeping = new Sweeping(this);
    this.dataset = new DatasetJob(this);
    const unsubscribes = [
      workspace.store.subscribe((now, before) => this.follow(now, before)),
      this.store.subscribe((now, before) => this.onChange(now, before)),
    ];
    this.unsubscribe = () => unsubscribes.forEach((stop) => stop());
  }

  /** The page is looked at: dropped files are its own, and what the link names is opened. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.workspace.photos.interceptor = (offer) => takeSceneOffer(this, offer);
    this.openWanted();
    this.draw();
  }

  sleep(): void {
    if (!this.isAwake) return;
    this.isAwake = false;
    this.workspace.photos.interceptor = null;
  }

  attach(canvas: TransferableCanvas): void {
    this.canvas = canvas.transferControlToOffscreen();
    this.openWanted();
  }

  /** Device pixels of the canvas. */
  resize(size: Size): void {
    this.size = size;
    if (!this.link.isRunning) return;
    this.link.call('resize', { size }).catch((thrown: unknown) => this.report(thrown));
    this.draw();
  }

  openFile(file: File): Promise<void> {
    return this.open({ kind: 'file', file, name: file.name }, null);
  }

  /** Opens the scene at an http(s) address; relative ones start where the app lies. */
  async openAddress(address: string): Promise<void> {
    try {
      const url = resolveSceneUrl(address, this.workspace.base);
      await this.open({ kind: 'address', url: url.href, name: nameOfAddress(url) }, address.trim());
    } catch (thrown) {
      this.report(thrown);
    }
  }

  /** Opens what another page made, once this page is shown. */
  openMade(handed: HandedScene): void {
    this.handed = handed;
    this.openWanted();
  }

  /** Stops what is being opened; the scene shown stays. */
  cancelOpening(): void {
    this.opening?.abort();
  }

  /** Starts the worker again after it died too often. */
  restart(): void {
    this.link.retry();
    this.store.setState({ stopped: null });
    this.openWanted();
  }

  /** Changes settings; draws anew where that is seen. */
  set(patch: Partial<SceneValues>): void {
    this.store.setState(({ values }) => ({ values: { ...values, ...patch } }));
  }

  move(move: ViewMove): void {
    const state = this.store.getState();
    const view = viewOf(state);
    if (view) this.set({ view: moveView(view, state.values, move) });
  }

  /** Along the camera's axes, in units of the scene's radius. */
  fly(right: number, up: number, forward: number): void {
    const radius = this.store.getState().facts?.radius || 1;
    this.move({ kind: 'fly', right: right * radius, up: up * radius, forward: forward * radius });
  }

  /** Shows the whole scene. */
  fit(): void {
    const { facts, values } = this.store.getState();
    if (!facts) return;
    this.store.setState({ fitted: fitView({ center: facts.center, radius: facts.radiusToSee }, values, this.size) });
    this.set({ view: null });
  }

  /** Hides floaters with a strength of 0…1; what was there before can be gone back to. */
  setFloaters(floaters: number): void {
    const { values } = this.store.getState();
    const now = Date.now();
    if (now - this.lastFloaters > UNDO_PAUSE) {
      this.store.setState(({ undo }) => ({ undo: [...undo, values.floaters].slice(-MAX_UNDO) }));
    }
    this.lastFloaters = now;
    this.set({ floaters });
  }

  undoFloaters(): void {
    const { undo } = this.store.getState();
    const last = undo.at(-1);
    if (last === undefined) return;
    this.lastFloaters = -Infinity;
    this.store.setState({ undo: undo.slice(0, -1) });
    this.set({ floaters: last });
  }

  report(thrown: unknown): void {
    this.workspace.notices.report(thrown);
  }

  dispose(): void {
    this.sleep();
    this.unsubscribe();
    this.opening?.abort();
    this.clearJobs();
    this.link.end();
  }

  private async open(source: SceneSource, address: string | null): Promise<void> {
    this.opening?.abort();
    const controller = new AbortController();
    this.opening = controller;
    const { name } = source;
    const isFirst = this.store.getState().facts === null;
    const isAgain = this.wanted?.source === source;
    this.store.setState({ opening: { name, progress: null } });
    try {
      if (!this.link.isRunning && !this.link.isGivenUp) this.link.start();
      const facts = await this.link.call('open', source, {
        signal: controller.signal,
        onProgress: (progress) => this.opening === controller && this.store.setState({ opening: { name, progress } }),
      });
      if (this.opening !== controller) return;
      this.wanted = { source, address };
      this.clearJobs();
      const { values } = this.store.getState();
      const cameras = source.kind === 'made' ? source.cameras : [];
      this.store.setState({ facts, address, cameras: cameras.length, surfaces: 0, shown: facts.count, undo: [] });
      // A link's own view and floaters are of its scene, the first one; those of a scene that was replaced are nobody's.
      const isOthers = source.kind === 'made' || !isFirst;
      if (isOthers && !isAgain) this.set({ view: null, floaters: 0 });
      this.store.setState({ fitted: fitView({ center: facts.center, radius: facts.radiusToSee }, values, this.size) });
      if (cameras.length > 0 && !isAgain) this.standAt(cameras[0]);
      for (const message of facts.notes)
        this.workspace.notices.add('info', { code: 'scene-note', message, remedy: '' });
      if (this.store.getState().values.floaters > 0) void this.hide();
      this.draw();
      if (address === SAMPLE_SCENE) await this.openBesideSample();
    } catch (thrown) {
      if (this.opening !== controller) return;
      if (!isCancelled(thrown)) this.report(thrown);
    } finally {
      if (this.opening === controller) {
        this.opening = null;
        this.store.setState({ opening: null });
      }
    }
  }

  /** Cameras and true surfaces that lie beside the sample scene; those of others are dropped by the person. */
  private async openBesideSample(): Promise<void> {
    const { facts } = this.store.getState();
    const files = await Promise.all(
      BESIDE_SAMPLE.map(async (name) => {
        const response = await this.fetcher(new URL(name, new URL(SAMPLE_SCENE, this.workspace.base))).catch(
          () => null,
        );
        // The scene is there without them.
        return response?.ok ? new File([await response.blob()], name) : null;
      }),
    );
    const found = files.filter((file) => file !== null);
    if (found.length && this.store.getState().facts === facts) await takeBeside(this, found);
  }

  /** Another scene: pairs, curves and datasets of its predecessor mean nothing. */
  private clearJobs(): void {
    this.pairing.clear();
    this.sweeping.clear();
    this.dataset.clear();
  }

  /** Looks from where a camera stands, with its field of view as far as the page has it. */
  private standAt(camera: SplatCamera): void {
    const { facts, values } = this.store.getState();
    const { view, fieldOfView } = viewOfCamera(camera, facts!.center, values.up);
    const [narrowest, widest] = SCENE_PARAMS.fieldOfView.range;
    this.set({ view, fieldOfView: Math.min(widest, Math.max(narrowest, fieldOfView)) });
  }

  /** Opens what the link names, or gives a new worker the scene again. */
  private openWanted(): void {
    const { stopped, facts, opening, address } = this.store.getState();
    if (!this.isAwake || stopped) return;
    if (!this.link.isRunning && !this.canvas) return;
    const { handed } = this;
    if (handed) {
      this.handed = null;
      void this.open({ kind: 'made', ...handed }, null);
      return;
    }
    if (facts || opening) return;
    if (this.wanted) void this.open(this.wanted.source, this.wanted.address);
    else if (address !== null) void this.openAddress(address);
  }

  /** Sends the newest view with the next frame of the page. */
  private draw(): void {
    if (this.isDrawSoon) return;
    this.isDrawSoon = true;
    nextFrame(() => {
      this.isDrawSoon = false;
      const state = this.store.getState();
      const view = viewOf(state);
      if (!this.isAwake || !state.facts || !view || !this.link.isRunning) return;
      const { picture, against, up, fieldOfView } = state.values;
      const theme = resolveTheme(this.workspace.store.getState());
      const request = { view, lens: { up, fieldOfView }, picture, rule: ruleOf(state), against, theme };
      // A scene that was drawn says that earlier deaths were not its doing.
      this.link.call('draw', request).then(
        () => {
          this.link.confirm();
          this.workspace.gpu.losses.confirm();
        },
        (thrown: unknown) => this.report(thrown),
      );
    });
  }

  /** Brings what is hidden in step with the slider: one call at a time, always the newest strength next. */
  private async hide(): Promise<void> {
    if (this.isHiding) return;
    this.isHiding = true;
    try {
      let strength: number;
      do {
        strength = this.store.getState().values.floaters;
        if (!this.store.getState().facts) return;
        const { shown } = await this.link.call('hide', { strength });
        this.store.setState({ shown });
        this.draw();
      } while (strength !== this.store.getState().values.floaters);
    } catch (thrown) {
      this.report(thrown);
    } finally {
      this.isHiding = false;
    }
  }

  private onChange(now: SceneState, before: SceneState): void {
    if (now.values !== before.values) {
      if (DRAWN.some((key) => now.values[key] !== before.values[key])) this.draw();
      if (now.values.floaters !== before.values.floaters && now.facts) void this.hide();
    }
    if (now.values.scored !== before.values.scored || now.values.maxError !== before.values.maxError) {
      if (now.score) void this.scoring.paint();
    }
    if (now.fitted !== before.fitted) this.draw();
    if (now.values !== before.values || now.address !== before.address) {
      this.workspace.linkPage('scene', formatSceneOptions(now));
    }
  }

  private follow(now: WorkspaceState, before: WorkspaceState): void {
    if (needsOtherWorker(now, before)) this.link.end();
    if (resolveTheme(now) !== resolveTheme(before)) this.draw();
  }

  /** The worker is gone, and the canvas with it. */
  private onEnd(error: CodedError | null): void {
    if (error) this.workspace.tellEnd(error);
    // The pair that it held, and whatever it was at, went with it.
    this.clearJobs();
    this.store.setState(({ epoch }) => ({
      epoch: epoch + 1,
      info: null,
      facts: null,
      stopped: error && this.link.isGivenUp ? toPlainError(error) : null,
    }));
  }
}
