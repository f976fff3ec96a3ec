import { blobSource } from '../../../formats/byte-source.ts';
import type { MatchField } from '../../../compute/field/gpu.ts';
import { describeAdapter, type Gpu } from '../../../platform/gpu/device.ts';
import { CYCLE_OUTSIDE } from '../../../compute/cycle/cpu.ts';
import { Scope } from '../../../platform/gpu/scope.ts';
import { shadersReady } from '../../../platform/gpu/shader.ts';
import { normalisedToPixel, pixelToNormalised } from '../../../core/coordinates.ts';
import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import { otherSide, type Side, type Size } from '../../../core/geometry.ts';
import type { PhotoMask } from '../../../core/mask.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type {
  SharedMatch,
  DenseField,
  MatchResult,
  MatchTable,
  PhotoInfo,
  ProbeResult,
  Progress,
} from '../../../core/match.ts';
import type { KeypointTable, PointTable } from '../../../core/points.ts';
import type { BenchmarkResult } from '../contract/benchmark.ts';
import type { FlownScene, FlyInfo } from '../contract/fly.ts';
import type { CloudInfo, FitResult } from '../contract/geometry-fit.ts';
import type { EngineApi, EngineInfo } from '../contract/protocol.ts';
import type { Diagnostics } from '../contract/test-hooks.ts';
import type { FlyJobs } from './fly/fly-jobs.ts';
import type { GeometryJobs } from './geometry/geometry-jobs.ts';
import { givenMatch } from './given-match.ts';
import { Inference } from './inference.ts';
import { linesOf, MatchScene, type ShownScene } from './stage/match-scene.ts';
import { matchTable } from '../../../matching/match-table.ts';
import { openGpu } from '../../../platform/gpu/open-gpu.ts';
import { takeDevice } from '../../../platform/gpu/watch-device.ts';
import { bitmapsTried, gpuReader } from '../../../platform/gpu/read-texture.ts';
import { openPhoto } from '../../../matching/photos/open-photo.ts';
import { wasmThreads } from '../../../platform/runtime/ort.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import { chooseProvider } from '../../../platform/runtime/provider.ts';
import { Mutex } from '../../../platform/runtime/runtime.ts';
import type { ServedCall, ServedHandlers } from '../../../platform/worker/serve-calls.ts';
import { GpuStage } from './stage/gpu-stage.ts';
import type { TestHooks } from './test-hooks.ts';

type CallContext = ServedCall<Progress>;
type Argument<M extends keyof EngineApi> = Parameters<EngineApi[M]>[0];

/** The worker's state: one device, two photos, one match, one stage. Its methods are the protocol's calls. */
export class Engine implements ServedHandlers<EngineApi, Progress> {
  /** Begun before the page asks: a browser takes a while to open a device, and the page to lay itself out. */
  private readonly opened = openGpu();
  private gpu: Gpu | null = null;
  private root: Scope | null = null;
  private readonly scene = new MatchScene();
  /** CSS pixels. */
  private stageSize: Size = { width: 1, height: 1 };
  private inference: Inference | null = null;
  // What changes photos or the match happens one at a time; drawing and probing do not wait.
  private readonly jobs = new Mutex();
  /** Null unless a test looks on. */
  private hooks: TestHooks | null = null;
  private geometry: Promise<GeometryJobs> | null = null;
  /** Of the match that is running. */
  private stopper: AbortController | null = null;
  private fly: Promise<FlyJobs> | null = null;

  constructor(private readonly onDeviceLost: (reason: string) => void) {}

  async start({
    canvas,
    provider: choice,
    checks,
    avoidGpu = null,
    test = false,
  }: Argument<'start'>): Promise<EngineInfo> {
    if (test) await this.loadHooks();
    if (avoidGpu) void this.opened.then((opened) => opened.gpu?.device.destroy());
    const { gpu, reason: noGpu } = avoidGpu ? { gpu: null, reason: avoidGpu } : await this.opened;
    this.gpu = gpu;
    const { provider, reason } = chooseProvider(
      choice,
      gpu && { isFallback: gpu.isFallback, name: describeAdapter(gpu.info) },
      noGpu,
    );
    if (gpu) {
      const root = new Scope(gpu.device, 'engine');
      this.root = root;
      const onLost = (why: string) => {
        this.scene.stage?.stop();
        this.onDeviceLost(why);
      };
      const setUp = () => {
        if (canvas) this.scene.stage = new GpuStage(gpu, canvas, root);
        // Errors in our own shaders surface here, named, rather than as a blank stage.
        return shadersReady(gpu.device);
      };
      await takeDevice(gpu, onLost, setUp, { runsModels: provider === 'webgpu' });
    } else if (canvas) {
      // Most browsers never load it.
      const { CpuStage } = await import('./stage/cpu-stage.ts');
      this.scene.stage = new CpuStage(canvas);
    }
    this.inference = new Inference(provider, gpu, this.root, checks);
    return {
      provider,
      providerReason: reason,
      adapter: gpu ? describeAdapter(gpu.info) : null,
      isFallbackAdapter: gpu?.isFallback ?? false,
      canTryGpu: !gpu && Boolean(navigator.gpu),
      threads: wasmThreads(),
    };
  }

  resize({ stage, pixelRatio }: Argument<'resize'>): void {
    this.stageSize = stage;
    this.scene.stage?.resize(stage, pixelRatio);
  }

  async setPhoto({ side, file, name }: Argument<'setPhoto'>, { signal }: CallContext): Promise<PhotoInfo> {
    const opened = await openPhoto(file, name, signal, this.root ? [gpuReader(this.root)] : []);
    if (this.gpu) await bitmapsTried(this.gpu.device);
    return this.jobs.run(async () => {
      if (signal.aborted) opened.bitmap.close();
      throwIfAborted(signal);
      this.replacePhoto(side, new Photo(opened, this.root));
      return opened.info;
    });
  }

  async clearPhoto({ side }: Argument<'clearPhoto'>): Promise<void> {
    await this.jobs.run(async () => this.replacePhoto(side, null));
  }

  async openMask({ side, file, name }: Argument<'openMask'>, { signal }: CallContext): Promise<PhotoMask> {
    const photo = this.scene.photos[side];
    if (!photo) throw new CodedError('photo-missing', 'There is no photo for this mask.', 'Choose the photo first.');
    const { openMask } = await import('../../../matching/photos/open-mask.ts');
    return openMask(file, name, photo.size, signal);
  }

  async readCameras({ file, name }: Argument<'readCameras'>): Promise<ReturnType<EngineApi['readCameras']>> {
    const { readCamerasFor } = await import('./geometry/camera-files.ts');
    const { a, b } = this.scene.photos;
    return readCamerasFor(file, name, { a: a?.info ?? null, b: b?.info ?? null });
  }

  async camerasByName({ files }: Argument<'camerasByName'>): Promise<ReturnType<EngineApi['camerasByName']>> {
    const { camerasByName } = await import('./geometry/camera-files.ts');
    const { a, b } = this.scene.photos;
    if (!a || !b) throw new CodedError('photo-missing', 'There are no two photos.', 'Choose both first.');
    return camerasByName(files, { a: a.info, b: b.info });
  }

  async saveMask({ mask }: Argument<'saveMask'>): Promise<Blob> {
    const { encodeMask } = await import('../../../formats/images/mask-png.ts');
    return new Blob([await encodeMask(mask)], { type: 'image/png' });
  }

  /** After whatever is changing the match: what it then shows is masked. */
  setMask({ side, mask }: Argument<'setMask'>): Promise<MatchResult | null> {
    return this.jobs.run(async () => {
      await this.scene.setMask(side, mask);
      return this.scene.shown?.result ?? null;
    });
  }

  swap(): Promise<MatchResult | null> {
    return this.jobs.run(async () => {
      await this.scene.swap();
      return this.scene.shown?.result ?? null;
    });
  }

  match(options: Argument<'match'>, { signal, onProgress }: CallContext): Promise<MatchResult> {
    return this.jobs.run(async () => {
      throwIfAborted(signal);
      const { scene } = this;
      const photos = scene.bothPhotos('Two photos are needed for a match.');
      scene.stage?.prepare?.();
      let drawn = 0;
      const stopper = new AbortController();
      this.stopper = stopper;
      try {
        const match = await this.requireInference().match(photos, options, {
          signal,
          stop: stopper.signal,
          onProgress,
          onLoaded: () => this.hooks?.modelLoaded(),
          // Nobody knows yet whether it is right: it gets the lines that a wrong one would get.
          onField: async (field, verdict) => {
            const { stage } = scene;
            if (stage && !stage.drawEarly) return;
            const start = performance.now();
            stage?.drawEarly?.(field, linesOf(verdict));
            if (this.gpu) await shadersReady(this.gpu.device);
            await this.gpu?.device.queue.onSubmittedWorkDone();
            if (drawn === 0) this.hooks?.firstPicture();
            drawn += performance.now() - start;
          },
          onJudged: (verdict) => {
            if (scene.stage?.drawEarly) scene.stage.limitMatches(linesOf(verdict));
          },
        });
        scene.setMatch(match);
        if (scene.stage && !scene.stage.drawEarly) {
          const start = performance.now();
          await scene.show();
          scene.stage.drawNow();
          drawn = performance.now() - start;
        }
        scene.limitMatches();
        match.result.timings.draw = drawn;
        return match.result;
      } catch (error) {
        // The previous match is still whole: it comes back.
        await scene.show();
        throw error;
      } finally {
        if (this.stopper === stopper) this.stopper = null;
      }
    });
  }

  stopSearch(): void {
    this.stopper?.abort();
  }

  benchmark(request: Argument<'benchmark'>, { signal, onProgress }: CallContext): Promise<BenchmarkResult> {
    return this.jobs.run(async () => {
      throwIfAborted(signal);
      const { scene } = this;
      const photos = scene.bothPhotos('Two photos are needed to measure.');
      const { pair, provider } = await this.requireInference().open(request.model, { signal, onProgress });
      const { benchmark } = await import('./benchmark.ts');
      const { stage } = scene;
      const draw = async (field: MatchField | null) => {
        stage!.drawEarly!(field);
        await this.gpu?.device.queue.onSubmittedWorkDone();
      };
      return benchmark(pair, provider, photos, request, {
        signal,
        onRun: (fraction) => onProgress({ stage: 'decode', fraction }),
        draw: stage?.drawEarly ? draw : null,
        restore: () => scene.show(),
      });
    });
  }

  liveFrame({ side, bitmap, model, longSide }: Argument<'liveFrame'>, call: CallContext): Promise<MatchResult> {
    return this.jobs.run(async () => {
      const { liveFrame } = await import('./live-frame.ts');
      return liveFrame(
        { side, bitmap, options: { model, longSide } },
        this.scene,
        this.requireInference(),
        this.root,
        call,
      );
    });
  }

  async view({ settings, theme }: Argument<'view'>): Promise<void> {
    this.scene.stage?.setView(settings, theme);
    if (this.gpu) await shadersReady(this.gpu.device);
  }

  async probe({ side, x, y }: Argument<'probe'>): Promise<ProbeResult | null> {
    const { photos, shown } = this.scene;
    const [from, to] = [photos[side], photos[otherSide(side)]];
    if (!shown || !from || !to || !(x >= 0 && y >= 0 && x <= from.size.width && y <= from.size.height)) return null;
    const found = await shown.probe(side, pixelToNormalised({ x, y }, from.size));
    return {
      from: { side, x, y },
      to: { side: otherSide(side), ...normalisedToPixel(found.to, to.size) },
      certainty: found.certainty,
      cycleError: Math.min(found.cycle, CYCLE_OUTSIDE),
      ...(found.covariance && { covariance: found.covariance }),
    };
  }

  async readField({ side }: Argument<'readField'>): Promise<DenseField | null> {
    return this.scene.shown?.readField(side) ?? null;
  }

  async readMatches(): Promise<MatchTable | null> {
    const { shown, stage, photos } = this.scene;
    if (!shown || !stage || !photos.a || !photos.b) return null;
    const fields = { a: await shown.readField('a'), b: await shown.readField('b') };
    return matchTable(await stage.readMatches(), { a: photos.a.size, b: photos.b.size }, fields);
  }

  snapshot({ scale }: Argument<'snapshot'>): Promise<Blob> {
    const { stage } = this.scene;
    if (!stage)
      throw new CodedError('stage-missing', 'There is no picture to save.', 'Open the app on a page of its own.');
    return stage.snapshot(scale);
  }

  /** After whatever is changing the match: its buffers must live until they have been read. */
  exportMatch(request: Argument<'exportMatch'>, { signal, onProgress }: CallContext): Promise<ExportedFile> {
    return this.jobs.run(async () => {
      throwIfAborted(signal);
      const scene = this.scene.require('export-nothing', 'There is no match to save.');
      const { exportShown } = await import('./exports/export-shown.ts');
      return exportShown(
        request,
        { ...scene, stageSize: this.stageSize, gpu: this.gpu },
        { signal, onProgress: (fraction) => onProgress({ stage: 'draw', fraction }) },
      );
    });
  }

  async readShare({ file }: Argument<'readShare'>): Promise<SharedMatch> {
    const { readShare } = await import('../../../formats/share/share-file.ts');
    return readShare(blobSource(file));
  }

  showField({ fields, result }: Argument<'showField'>): Promise<MatchResult> {
    return this.jobs.run(async () => {
      const { a, b } = this.scene.bothPhotos('A match needs both of its photos.');
      const given = givenMatch(fields, result, { a, b }, this.root);
      this.scene.setMatch(given);
      await this.scene.show();
      return given.result;
    });
  }

  showRecorded({ file, weights }: Argument<'showRecorded'>): Promise<MatchResult | null> {
    return this.jobs.run(async () => {
      const { recordedMatch } = await import('./recorded.ts');
      const { a, b } = this.scene.bothPhotos('A match needs both of its photos.');
      const given = await recordedMatch(file, weights, { a, b }, this.root);
      if (!given) return null;
      this.scene.setMatch(given);
      await this.scene.show();
      return given.result;
    });
  }

  prefetch({ model }: Argument<'prefetch'>): Promise<void> {
    return this.requireInference().prefetch(model);
  }

  /** After whatever is changing the match, as every reading of it. */
  fitModel(request: Argument<'fitModel'>, context: CallContext): Promise<FitResult> {
    return this.jobs.run(async () => (await this.geometryJobs()).fit(request, this.sceneToFit(), context));
  }

  reconstruct(request: Argument<'reconstruct'>, context: CallContext): Promise<CloudInfo> {
    return this.jobs.run(async () => (await this.geometryJobs()).reconstruct(request, this.sceneToFit(), context));
  }

  async exportGeometry({ format, name }: Argument<'exportGeometry'>): Promise<ExportedFile> {
    return (await this.geometryJobs()).export(format, name, this.sceneToFit());
  }

  async showCloud({ canvas }: Argument<'showCloud'>): Promise<{ drawnBy: 'webgpu' | 'canvas' }> {
    return (await this.geometryJobs()).showCloud(canvas);
  }

  async viewCloud(view: Argument<'viewCloud'>): Promise<void> {
    (await this.geometryJobs()).viewCloud(view);
  }

  async hideCloud(): Promise<void> {
    (await this.geometryJobs()).hideCloud();
  }

  makeFly(request: Argument<'makeFly'>, context: CallContext): Promise<FlyInfo> {
    return this.jobs.run(async () => (await this.flyJobs()).make(request, this.sceneToFit(), context));
  }

  saveFly({ format, name }: Argument<'saveFly'>): Promise<ExportedFile> {
    return this.jobs.run(async () => (await this.flyJobs()).save(format, name, this.sceneToFit().shown));
  }

  handFly(): Promise<FlownScene> {
    return this.jobs.run(async () => (await this.flyJobs()).hand(this.sceneToFit().shown));
  }

  async matchPoints(request: Argument<'matchPoints'>): Promise<PointTable> {
    const { matchPoints, pointScene } = await import('./points/point-jobs.ts');
    return this.jobs.run(async () => matchPoints(request, pointScene(this.sceneToAsk())));
  }

  async matchKeypoints(request: Argument<'matchKeypoints'>): Promise<KeypointTable> {
    const { matchKeypointLists, pointScene } = await import('./points/point-jobs.ts');
    return this.jobs.run(async () => matchKeypointLists(request, pointScene(this.sceneToAsk())));
  }

  async exportPoints(request: Argument<'exportPoints'>): Promise<ExportedFile> {
    const { exportPoints, pointScene } = await import('./points/point-jobs.ts');
    return exportPoints(request, pointScene(this.sceneToAsk()));
  }

  diagnostics({ reset }: Argument<'diagnostics'>): Diagnostics {
    return this.requireHooks().diagnostics(reset);
  }

  destroyDevice(): void {
    this.requireHooks().destroyDevice();
  }

  downloads(): string[] {
    return performance.getEntriesByType('resource').map(({ name }) => name);
  }

  /** Most visits never ask for geometry: its code is loaded when it is. */
  private geometryJobs(): Promise<GeometryJobs> {
    this.geometry ??= import('./geometry/geometry-jobs.ts').then(
      ({ GeometryJobs: Jobs }) => new Jobs(this.gpu, this.root),
      (error: unknown) => {
        this.geometry = null;
        throw error;
      },
    );
    return this.geometry;
  }

  /** As {@link geometryJobs}. */
  private flyJobs(): Promise<FlyJobs> {
    this.fly ??= import('./fly/fly-jobs.ts').then(
      ({ FlyJobs: Jobs }) => new Jobs(this.gpu, this.root, this.inference!),
      (error: unknown) => {
        this.fly = null;
        throw error;
      },
    );
    return this.fly;
  }

  private async loadHooks(): Promise<void> {
    const { TestHooks: Hooks } = await import('./test-hooks.ts');
    this.hooks ??= new Hooks({
      modelRuns: () => this.inference?.modelRuns ?? 0,
      framesDrawn: () => this.scene.stage?.framesDrawn ?? 0,
      gpuBytes: () => this.root?.bytes ?? 0,
      resetModelRuns: () => {
        if (this.inference) this.inference.modelRuns = 0;
      },
      destroyDevice: () => this.gpu?.device.destroy(),
    });
  }

  private requireHooks(): TestHooks {
    if (!this.hooks) throw new CodedError('test-only', 'Only tests may ask this.', 'Open the page with ?test.');
    return this.hooks;
  }

  private sceneToFit(): ShownScene {
    return this.scene.require('geometry-no-match', 'There is no match to fit to.');
  }

  private sceneToAsk(): ShownScene {
    return this.scene.require('points-no-match', 'There is no match to ask.');
  }

  private replacePhoto(side: Side, photo: Photo | null): void {
    const old = this.scene.replacePhoto(side, photo);
    if (old) this.inference?.forget(old);
  }

  private requireInference(): Inference {
    if (!this.inference) throw new CodedError('internal', 'The engine has not been started.');
    return this.inference;
  }
}
