import type { MatchScore, SweepPoint } from '../../../core/match-score.ts';
import { describeAdapter } from '../../../platform/gpu/device.ts';
import { Scope } from '../../../platform/gpu/scope.ts';
import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type {
  FrameFacts,
  LiftApi,
  LiftedPair,
  LiftedSplats,
  LiftInfo,
  LiftProgress,
  OpenedNetwork,
} from '../contract/api.ts';
import type { DepthInfo, DepthSource } from '../contract/depth.ts';
import type { DatasetSummary } from '../contract/dataset.ts';
import type { GpuCheck, PhotoInfo } from '../../../core/match.ts';
import { MAX_PLAIN_GAUSSIANS } from '../../../compute/splats/plain-viewer.ts';
import { MAX_GAUSSIANS, tableBuffers } from '../../../gaussians/table.ts';
import { openGpu } from '../../../platform/gpu/open-gpu.ts';
import { takeDevice } from '../../../platform/gpu/watch-device.ts';
import { openPhoto } from '../../../matching/photos/open-photo.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import { chooseProvider } from '../../../platform/runtime/provider.ts';
import { Mutex } from '../../../platform/runtime/runtime.ts';
import { moving, type ServedCall, type ServedHandlers } from '../../../platform/worker/serve-calls.ts';
import { exportDataset } from './dataset/export-dataset.ts';
import { openSink } from '../../../exports/dataset/open-sink.ts';
import { datasetMaker } from './dataset/dataset-maker.ts';
import { DepthSources, type OpenedDepth } from './depth/depth-sources.ts';
import { type FrameRequest, type PlainFrame, viewsKey } from './drawing/frame.ts';
import { ViewScorer } from '../../../matching/scoring/view-scorer.ts';
import { LatestOnly } from '../../../platform/worker/latest-only.ts';
import { CheckedRuntime } from '../../../matching/reference-check/checked-runtime.ts';
import { LazyRuntime } from '../../../platform/runtime/lazy-runtime.ts';
import { ViewMatchers } from '../../../matching/scoring/view-matchers.ts';
import type { OnNetwork } from '../../../matching/monocular/depth-network.ts';
import { LiftNetworks } from './depth/networks.ts';
import { cpuRenderers, gpuRenderers, type Renderers } from './drawing/open-renderers.ts';
import { truthNpz } from '../../../exports/dataset/truth-npz.ts';
import { encodePicture, fileStem, sampleArchive } from './dataset/pair-files.ts';
import { probeFrame } from './score/probe-frame.ts';
import type { LiftRenderer } from './drawing/renderer.ts';
import { liftedSplats } from './lifted-splats.ts';
import { Scenes } from './scenes.ts';
import { releaseMaps } from '../../../matching/scoring/score-maps.ts';
import { sweep } from './score/sweep.ts';

type CallContext = ServedCall<LiftProgress>;
type Argument<M extends keyof LiftApi> = Parameters<LiftApi[M]>[0];

/** The lift worker's state: one photo with its depth, the frame that is shown, and the models. */
export class LiftEngine implements ServedHandlers<LiftApi, LiftProgress> {
  private runtime = new LazyRuntime(null);
  private networks = new LiftNetworks(this.runtime);
  private scorer = new ViewScorer(new ViewMatchers(this.runtime, null, null));
  private renderers: Renderers = cpuRenderers(null, this.networks);
  private depths = new DepthSources(this.networks);
  private scenes = new Scenes(this.networks);
  private photo: Photo | null = null;
  private hear: (check: GpuCheck) => void = () => {};
  private depth: OpenedDepth | null = null;
  private depthSource: DepthSource | null = null;
  private readonly frames = new LatestOnly((request: Argument<'render'>) => this.renderFrame(request));
  // Photos and depth change one at a time, whatever order their files take to open in.
  private readonly changes = new Mutex();
  // One score or sweep at a time: matchers share the runtime and the memory. Rendering waits for none of them.
  private readonly jobs = new Mutex();

  constructor(private readonly onDeviceLost: (reason: string) => void) {}

  /** What is found of the GPU while networks for sky and holes open is told by whatever was asked last. */
  private hearBy(onProgress: CallContext['onProgress']): void {
    this.hear = (check) => onProgress({ stage: 'load-model', fraction: 1, check });
  }

  private get renderer(): LiftRenderer {
    return this.renderers.shown;
  }

  async start({ canvases, provider: choice, checks, avoidGpu }: Argument<'start'>): Promise<LiftInfo> {
    const { gpu, reason } = await openGpu(avoidGpu);
    const adapter = gpu && { isFallback: gpu.isFallback, name: describeAdapter(gpu.info) };
    const { provider } = chooseProvider(choice, adapter, reason);
    // An emulated adapter took several times as long as the references, unless somebody asks to see just that.
    const root = gpu && (!gpu.isFallback || choice === 'webgpu') ? new Scope(gpu.device, 'lift') : null;
    const models = provider === 'webgpu' ? gpu : null;
    this.runtime = new LazyRuntime(models?.device ?? null);
    const checked = new CheckedRuntime(this.runtime, models, checks);
    this.networks = new LiftNetworks(this.runtime, undefined, checked, (check) => this.hear(check));
    this.scorer = new ViewScorer(new ViewMatchers(this.runtime, root, models, checks));
    this.depths = new DepthSources(this.networks);
    this.scenes = new Scenes(this.networks);
    if (gpu && root) {
      const setUp = () => gpuRenderers(root, canvases, this.networks);
      this.renderers = await takeDevice(gpu, this.onDeviceLost, setUp);
    } else {
      this.renderers = cpuRenderers(canvases, this.networks);
      gpu?.device.destroy();
    }
    return {
      provider,
      rendersOn: this.renderer.rendersOn,
      adapter: adapter?.name ?? null,
      isFallbackAdapter: adapter?.isFallback ?? false,
    };
  }

  resize({ side, size }: Argument<'resize'>): void {
    this.renderer.resize(side, size);
  }

  setPhoto(
    { file, name, depth: source }: Argument<'setPhoto'>,
    context: CallContext,
  ): Promise<{ photo: PhotoInfo; depth: DepthInfo }> {
    return this.changes.run(async () => {
      const opened = await openPhoto(file, name, context.signal);
      const photo = new Photo(opened, null);
      try {
        const depth = await this.openDepth(photo, source, context);
        this.closePhoto();
        this.photo = photo;
        this.depth = depth;
        this.depthSource = source;
        this.renderer.clear();
        return { photo: photo.info, depth: depth.info };
      } catch (error) {
        photo.close();
        throw error;
      }
    });
  }

  setDepth({ source }: Argument<'setDepth'>, context: CallContext): Promise<DepthInfo> {
    return this.changes.run(async () => {
      this.depth = await this.openDepth(this.requirePhoto(), source, context);
      this.depthSource = source;
      return this.depth.info;
    });
  }

  addNetwork(network: Argument<'addNetwork'>, { signal, onProgress }: CallContext): Promise<OpenedNetwork> {
    this.hearBy(onProgress);
    onProgress({ stage: 'load-model', fraction: null });
    return this.networks.add(network, signal);
  }

  closeNetwork({ purpose }: Argument<'closeNetwork'>): Promise<void> {
    return this.networks.close(purpose);
  }

  render(request: Argument<'render'>, { onProgress }: CallContext): Promise<FrameFacts> {
    this.hearBy(onProgress);
    return this.frames.run(request);
  }

  show({ display, theme }: Argument<'show'>): void {
    this.renderer.show({ display, theme });
  }

  score({ model, longSide }: Argument<'score'>, { signal, onProgress }: CallContext): Promise<MatchScore> {
    return this.jobs.run(async () => {
      throwIfAborted(signal);
      if (!this.renderer.request) throw nothingRendered();
      const views = await this.renderer.pin(await this.scorer.prepare(model, { signal, onProgress }));
      if (!views) throw nothingRendered();
      try {
        const { score, maps } = await this.scorer.measure(model, views, { longSide, signal, onProgress });
        if (views.isShown()) this.renderer.setScore(maps);
        else releaseMaps(maps);
        return score;
      } finally {
        views.release();
      }
    });
  }

  sweep(options: Argument<'sweep'>, { signal, onProgress }: CallContext): Promise<SweepPoint[]> {
    return this.jobs.run(async () => {
      throwIfAborted(signal);
      const { request } = this.renderer;
      if (!request) throw nothingRendered();
      const renderer = this.renderers.offscreen();
      const { longSide } = options;
      try {
        return await sweep(request, options, {
          renderer,
          signal,
          onProgress,
          measure: async (model, report) => {
            const provider = await this.scorer.prepare(model, { signal, onProgress: report });
            const views = (await renderer.pin(provider))!;
            try {
              const measured = await this.scorer.measure(model, views, { longSide, signal, onProgress: report });
              releaseMaps(measured.maps);
              return measured.score;
            } finally {
              views.release();
            }
          },
        });
      } finally {
        renderer.destroy();
      }
    });
  }

  async pair(_: Argument<'pair'>, { signal }: CallContext): Promise<LiftedPair> {
    const { frame } = await this.requireRendered();
    const a = await encodePicture(frame.colour.a, frame.size);
    const b = await encodePicture(frame.colour.b, frame.size);
    const truth = await truthNpz({ ...frame, cameras: frame.facts.cameras });
    throwIfAborted(signal);
    return { a, b, truth, name: fileStem(this.requirePhoto().info.name) };
  }

  async splats(_: Argument<'splats'>, { signal }: CallContext): Promise<LiftedSplats> {
    const { request, frame } = await this.requireRendered();
    throwIfAborted(signal);
    // Without a graphics card the Scene page takes no more.
    const most = this.renderer.rendersOn === 'webgpu' ? MAX_GAUSSIANS : MAX_PLAIN_GAUSSIANS;
    const { table, camera } = liftedSplats(frame, most);
    const hasSky = request.scene.sky !== null && frame.depth.a.some((z) => z === 0);
    const notes = hasSky ? ['The sky has no depth, and is left out.'] : [];
    return moving({ table, camera, notes }, tableBuffers(table));
  }

  async probe({ side, x, y }: Argument<'probe'>): Promise<{ x: number; y: number; visible: boolean } | null> {
    const frame = await this.renderer.read();
    return frame && probeFrame(frame, side, { x, y });
  }

  async exportFrame({ format, side }: Argument<'exportFrame'>): Promise<ExportedFile> {
    const stem = fileStem(this.requirePhoto().info.name);
    if (format === 'picture') {
      const picture = await this.renderer.paint(side);
      if (!picture) throw nothingRendered();
      const blob = await encodePicture(picture.data, picture.size);
      return { name: `${stem}-${side === 'a' ? 'photo' : 'view'}.png`, blob, notes: [] };
    }
    const { request, frame } = await this.requireRendered();
    return sampleArchive(frame, request, this.requirePhoto().info.name);
  }

  async exportDataset(options: Argument<'exportDataset'>, context: CallContext): Promise<DatasetSummary> {
    const { photos, options: wanted, target } = options;
    const renderer = this.renderers.offscreen();
    try {
      const maker = datasetMaker(this.networks, this.depthSource, renderer);
      const sink = await openSink(target);
      return await exportDataset(photos, wanted, maker, sink, context);
    } finally {
      renderer.destroy();
    }
  }

  private async renderFrame({ settings, seed }: Argument<'render'>): Promise<FrameFacts> {
    const photo = this.requirePhoto();
    const scene = await this.scenes.get(photo, this.depth!, settings);
    if (this.photo !== photo) throw new CodedError('cancelled', 'Another photo was opened.');
    return this.renderer.render({ scene, settings, seed }, () => this.frames.isSuperseded);
  }

  private closePhoto(): void {
    if (!this.photo) return;
    this.scorer.forget(viewsKey(this.photo));
    this.photo.close();
  }

  private openDepth(photo: Photo, source: Argument<'setDepth'>['source'], context: CallContext): Promise<OpenedDepth> {
    const { signal, onProgress } = context;
    onProgress({ stage: 'depth', fraction: null });
    const onNetwork: OnNetwork = (fraction, check) =>
      onProgress({ stage: fraction === null ? 'depth' : 'load-model', fraction, ...(check && { check }) });
    return this.depths.open(source, photo, { signal, onNetwork });
  }

  private requirePhoto(): Photo {
    if (!this.photo) throw new CodedError('photo-missing', 'There is no photo to lift.', 'Open one, or a sample.');
    return this.photo;
  }

  private async requireRendered(): Promise<{ request: FrameRequest; frame: PlainFrame }> {
    const { request } = this.renderer;
    const frame = await this.renderer.read();
    if (!frame || !request) throw nothingRendered();
    return { request, frame };
  }
}

const nothingRendered = () =>
  new CodedError('nothing-rendered', 'There is no new view yet.', 'Open a photo and wait for its first view.');
