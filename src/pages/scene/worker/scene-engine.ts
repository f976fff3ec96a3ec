import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type { MatchScore, SweepPoint } from '../../../core/match-score.ts';
import { Serial } from '../../../core/serial.ts';
import { openSink } from '../../../exports/dataset/open-sink.ts';
import { exportSceneDataset } from '../../../exports/scene-dataset/export-scene.ts';
import { blobSource } from '../../../formats/byte-source.ts';
import { isSurfacesText, readSceneSurfaces } from '../../../formats/scene-surfaces.ts';
import { readSceneCameras } from '../../../formats/scene-cameras.ts';
import { readSplats, SPLAT_FORMATS, takeSplats } from '../../../formats/splats/index.ts';
import { encodeSplatPly } from '../../../formats/splats/write-ply.ts';
import { encodeSpz } from '../../../formats/splats/write-spz.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import { crowdDistances, floaterLimits, floaterMask, shownIndices } from '../../../gaussians/floaters.ts';
import { chooseDepthRule } from '../../../gaussians/pairs/depth-rule.ts';
import { PairDrawer } from '../../../gaussians/pairs/draw-pairs.ts';
import { camerasAtSize, orbitCameras, streamOf } from '../../../gaussians/pairs/views.ts';
import { radiusToSee, type SceneStatistics, sceneStatistics } from '../../../gaussians/statistics.ts';
import { type GaussianTable, selectGaussians } from '../../../gaussians/table.ts';
import { TrueSurfaces } from '../../../gaussians/truth/true-surfaces.ts';
import type { DepthKind, SplatMaps } from '../../../gaussians/raster/render.ts';
import { ViewMatchers } from '../../../matching/scoring/view-matchers.ts';
import { ViewScorer } from '../../../matching/scoring/view-scorer.ts';
import { describeAdapter } from '../../../platform/gpu/device.ts';
import { openGpu } from '../../../platform/gpu/open-gpu.ts';
import { takeDevice } from '../../../platform/gpu/watch-device.ts';
import { Scope } from '../../../platform/gpu/scope.ts';
import { LazyRuntime } from '../../../platform/runtime/lazy-runtime.ts';
import { chooseProvider } from '../../../platform/runtime/provider.ts';
import { LatestOnly } from '../../../platform/worker/latest-only.ts';
import type { ServedCall, ServedHandlers } from '../../../platform/worker/serve-calls.ts';
import {
  type DrawnCameras,
  type DrawRequest,
  type SceneProgress,
  PAIR_SIZE,
  type PairCameras,
  type SceneApi,
  type SceneDatasetResult,
  type SceneFacts,
  type SceneInfo,
  type ScenePairResult,
} from '../contract/api.ts';
import { upVector } from '../contract/view.ts';
import { GpuDrawer, PlainDrawer, type SceneDrawer } from './drawers.ts';
import { fetchScene } from './fetch-scene.ts';
import { PairBench } from './pair-bench.ts';
import { makePair } from './pairs.ts';

type Argument<M extends keyof SceneApi> = Parameters<SceneApi[M]>[0];
type CallContext = ServedCall<SceneProgress>;

interface OpenedScene {
  table: GaussianTable;
  statistics: SceneStatistics;
  facts: SceneFacts;
  /** Made when floaters are first hidden. */
  crowd: Float32Array | null;
  /** Null: all of it is shown. */
  shown: Uint8Array | null;
}

/** A scene before it is opened. */
interface ReadScene extends Pick<SceneFacts, 'format' | 'bytes'> {
  table: GaussianTable;
  notes: readonly string[];
  cameras: readonly SplatCamera[];
}

/** The scene worker's state: one open scene, what draws it, and the cameras that came beside it. */
export class SceneEngine implements ServedHandlers<SceneApi, SceneProgress> {
  private drawer: SceneDrawer = new PlainDrawer(null);
  private scene: OpenedScene | null = null;
  private bench = new PairBench(new ViewScorer(new ViewMatchers(new LazyRuntime(null), null, null)), null);
  private given: readonly SplatCamera[] = [];
  private surfaces: TrueSurfaces | null = null;
  private readonly frames = new LatestOnly((request: DrawRequest) => this.drawNow(request));
  // One file, one pair at a time; pictures wait for neither.
  private readonly changes = new Serial();
  private readonly jobs = new Serial();

  constructor(private readonly onDeviceLost: (reason: string) => void) {}

  async start({ canvas, provider: choice, checks, avoidGpu }: Argument<'start'>): Promise<SceneInfo> {
    const { gpu, reason } = await openGpu(avoidGpu);
    const adapter = gpu && describeAdapter(gpu.info);
    const named = gpu && adapter !== null ? { isFallback: gpu.isFallback, name: adapter } : null;
    const { provider } = chooseProvider(choice, named, reason);
    // An emulated adapter takes some twenty times as long as the CPU's rasteriser, unless somebody asks to see just that.
    const isUsed = gpu !== null && (!gpu.isFallback || choice === 'webgpu');
    if (isUsed) {
      const root = new Scope(gpu.device, 'scene');
      this.drawer = await takeDevice(gpu, this.onDeviceLost, async () => {
        const drawer = new GpuDrawer(root, canvas);
        await drawer.ready();
        return drawer;
      });
      if (provider === 'webgpu') {
        const matchers = new ViewMatchers(new LazyRuntime(gpu.device), root, gpu, checks);
        this.bench = new PairBench(new ViewScorer(matchers), root);
      }
    } else {
      gpu?.device.destroy();
      this.drawer = new PlainDrawer(canvas);
    }
    const { maxGaussians } = this.drawer;
    const emulated = `the graphics adapter (${adapter}) is emulated`;
    const why = gpu ? `WebGPU would be slower: ${emulated}.` : reason;
    return { rendersOn: isUsed ? 'webgpu' : 'cpu', provider, adapter, reason: isUsed ? '' : why, maxGaussians };
  }

  resize({ size }: Argument<'resize'>): void {
    this.drawer.resize(size);
  }

  open(source: Argument<'open'>, { signal, onProgress }: CallContext): Promise<SceneFacts> {
    return this.changes.run(async () => {
      throwIfAborted(signal);
      const { name } = source;
      const { table, notes, format, bytes, cameras } = await this.read(source, { signal, onProgress });
      throwIfAborted(signal);
      onProgress({ stage: 'prepare', done: 0, total: null });
      const statistics = sceneStatistics(table);
      this.drawer.setScene(table);
      const facts: SceneFacts = {
        name,
        format,
        bytes,
        count: table.count,
        shDegree: table.shDegree,
        antialiased: table.tags.antialiased,
        center: statistics.center,
        radius: statistics.radius,
        radiusToSee: radiusToSee(statistics),
        depth: chooseDepthRule(statistics, table.tags),
        notes: [...notes],
      };
      this.scene = { table, statistics, facts, crowd: null, shown: null };
      this.bench.drop();
      this.given = cameras;
      this.surfaces = null;
      return facts;
    });
  }

  /** The Gaussians of a file, of an address, or of what another page made. */
  private async read(source: Argument<'open'>, { signal, onProgress }: CallContext): Promise<ReadScene> {
    const { name } = source;
    const { maxGaussians } = this.drawer;
    if (source.kind === 'made') {
      const { madeFrom, cameras } = source;
      return { ...takeSplats(source, name, { maxGaussians }), format: madeFrom, bytes: null, cameras };
    }
    const file =
      source.kind === 'file'
        ? source.file
        : await fetchScene(source.url, name, signal, (done, total) => onProgress({ stage: 'fetch', done, total }));
    const { format, table, notes } = await readSplats(blobSource(file), name, {
      maxGaussians,
      onProgress: (done, total) => onProgress({ stage: 'read', done, total }),
      signal,
    });
    // Without its article: it stands alone.
    const label = (SPLAT_FORMATS.find(({ id }) => id === format)?.label ?? format).replace(/^an? /, '');
    return { table, notes, format: label, bytes: file.size, cameras: [] };
  }

  draw(request: Argument<'draw'>): Promise<void> {
    return this.frames.run(request);
  }

  hide({ strength }: Argument<'hide'>): { shown: number } {
    const scene = this.requireScene();
    const { table, statistics } = scene;
    if (strength > 0) {
      scene.crowd ??= crowdDistances(table, statistics);
      scene.shown = floaterMask(table, statistics, scene.crowd, floaterLimits(strength));
    } else {
      scene.shown = null;
    }
    this.drawer.setShown(scene.shown);
    return { shown: scene.shown ? scene.shown.reduce((sum, value) => sum + value, 0) : table.count };
  }

  beside({ files }: Argument<'beside'>): ReturnType<SceneApi['beside']> {
    const truths = files.filter(({ text }) => isSurfacesText(text));
    const others = files.filter((file) => !truths.includes(file));
    // Both are read before either is taken.
    const solids = truths.flatMap(readSceneSurfaces);
    const { cameras, notes } = others.length ? readSceneCameras(others) : { cameras: null, notes: [] };
    if (solids.length) this.surfaces = new TrueSurfaces(solids);
    if (cameras) this.given = cameras;
    return { cameras: cameras?.length ?? null, surfaces: solids.length || null, notes: [...notes] };
  }

  drawPair({ seed, bins, bin, rule, lens }: Argument<'drawPair'>, context: CallContext): Promise<DrawnCameras> {
    const { signal, onProgress } = context;
    return this.jobs.run(async () => {
      const { statistics } = this.requireScene();
      const { width, height } = PAIR_SIZE;
      const options = { width, height, up: upVector(lens.up), fieldOfView: lens.fieldOfView };
      const cameras = this.given.length
        ? camerasAtSize(this.given, width, height)
        : orbitCameras(statistics, options, streamOf(seed, 'cameras'));
      let looked = 0;
      const render = async (camera: SplatCamera) => {
        const maps = await this.drawer.render(camera, signal);
        onProgress({ stage: 'draw', done: ++looked, total: null });
        return maps;
      };
      // A pair's number chooses its bin.
      const pair = await new PairDrawer(cameras, render, { seed, bins, rule, signal }).draw(bin);
      if (pair) return { a: pair.a, b: pair.b, overlap: pair.overlap, isInBin: pair.isInBin };
      throw new CodedError(
        'scene-no-pair',
        'No view of this scene passed the checks for a pair: too little of it is opaque, or it is seen from too near.',
        'Try another seed, hide floaters, choose up, or drop the scene’s cameras.json.',
      );
    });
  }

  pair({ a, b, rule }: Argument<'pair'>, { signal, onProgress }: CallContext): Promise<ScenePairResult> {
    return this.jobs.run(() => {
      this.requireScene();
      const onRendered = (done: number) => onProgress({ stage: 'render', done, total: 2 });
      return this.makePair({ a, b }, rule, signal, onRendered);
    });
  }

  score(options: Argument<'score'>, context: CallContext): Promise<MatchScore> {
    return this.jobs.run(() => this.bench.score(options, context));
  }

  paintScore(options: Argument<'paintScore'>): Promise<Blob> {
    return this.bench.paint(options);
  }

  truth({ pair }: Argument<'truth'>): Promise<Blob> {
    return this.bench.truth(pair);
  }

  sweep(options: Argument<'sweep'>, context: CallContext): Promise<SweepPoint[]> {
    return this.jobs.run(() => {
      const render = this.rendererOf(this.requireScene(), context.signal);
      return this.bench.sweep(options, this.drawer.pairSize, render, context);
    });
  }

  async dataset(options: Argument<'dataset'>, { signal, onProgress }: CallContext): Promise<SceneDatasetResult> {
    const scene = this.requireScene();
    const { size, target, ...rest } = options;
    // Views come between other jobs: a dataset takes long, and nothing else has to wait for it.
    const renderView = this.rendererOf(scene, signal);
    const render = (camera: SplatCamera) => this.jobs.run(() => renderView(camera));
    const { facts, table, shown } = scene;
    const { arithmetic } = this.drawer;
    const source = { name: facts.name, table, cameras: this.given, shown, surfaces: this.surfaces, arithmetic };
    const wanted = { ...rest, ...size, shard: { index: 0, count: 1 } };
    onProgress({ stage: 'write', done: 0, total: options.views });
    const summary = await exportSceneDataset(source, wanted, render, await openSink(target), {
      signal,
      onProgress: ({ fraction }) =>
        onProgress({ stage: 'write', done: fraction * options.views, total: options.views }),
    });
    const { pairs, kept, skipped, outsideBin, bytes, blob } = summary;
    return { pairs, kept, skipped: skipped.length, outsideBin, bytes, blob };
  }

  async save({ format }: Argument<'save'>): Promise<ExportedFile> {
    const { table, shown, facts } = this.requireScene();
    const kept = shown ? selectGaussians(table, shownIndices(shown)) : table;
    if (kept.count === 0) {
      throw new CodedError('scene-nothing-shown', 'Every Gaussian is hidden.', 'Hide fewer floaters, then save.');
    }
    const bytes = format === 'ply' ? encodeSplatPly(kept) : await encodeSpz(kept);
    const stem = facts.name.replace(/(\.compressed)?\.[a-z]+$/i, '') || 'scene';
    return { name: `${stem}.${format}`, blob: new Blob([bytes]), notes: [] };
  }

  private async drawNow(request: DrawRequest): Promise<void> {
    if (!this.scene) return;
    await this.drawer.draw(request, this.scene.statistics, () => this.frames.isSuperseded);
  }

  private async makePair(
    cameras: PairCameras,
    rule: DepthKind,
    signal: AbortSignal,
    onRendered: (views: number) => void,
  ): Promise<ScenePairResult> {
    const { pair, result } = await makePair(this.drawer, cameras, rule, this.surfaces, { signal, onRendered });
    return { id: this.bench.keep(pair), ...result };
  }

  /** Renders views of a scene as it is shown now. Once it is another one the rest would not belong to the first part. */
  private rendererOf(scene: OpenedScene, signal: AbortSignal) {
    const { shown } = scene;
    return (camera: SplatCamera): Promise<SplatMaps> => {
      throwIfAborted(signal);
      if (this.scene === scene && scene.shown === shown) return this.drawer.render(camera, signal);
      throw new CodedError(
        'scene-changed',
        'Another scene was opened, or floaters were hidden, before this was done.',
        'Start it again. Whole pairs in a folder are kept where the scene is the same.',
      );
    };
  }

  private requireScene(): OpenedScene {
    if (this.scene) return this.scene;
    throw new CodedError('scene-none', 'No scene is open.', 'Open one first.');
  }
}
