import { kMeans } from '../../../features/k-means.ts';
import { mutualNeighbours } from '../../../features/mutual-neighbours.ts';
import { centreOf } from '../../../features/similarity.ts';
import { encodeNpy, npyOfFloat32 } from '../../../formats/arrays/npy.ts';
import { describeAdapter, type Gpu } from '../../../platform/gpu/device.ts';
import { Scope } from '../../../platform/gpu/scope.ts';
import { shadersReady } from '../../../platform/gpu/shader.ts';
import type {
  ClusterMaps,
  CompareApi,
  CompareInfo,
  CompareProgress,
  ComponentMaps,
  EncoderInfo,
  NeighbourMatches,
  PairScore,
  SimilarityMaps,
  TruthSummary,
} from '../contract.ts';
import { bitmapsOf, filledSlots } from '../contract.ts';
import { throwIfAborted } from '../../../core/errors.ts';
import type { PhotoInfo } from '../../../core/match.ts';
import { openGpu } from '../../../platform/gpu/open-gpu.ts';
import { takeDevice } from '../../../platform/gpu/watch-device.ts';
import { openPhoto } from '../../../matching/photos/open-photo.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import { chooseProvider } from '../../../platform/runtime/provider.ts';
import { moving, type ServedHandlers } from '../../../platform/worker/serve-calls.ts';
import { type ComponentDrawing, CpuComponentMaps } from './component-maps.ts';
import { EncoderPool } from './encoder-pool.ts';
import { CpuFeatureMaths, type Encoded, type FeatureMaths } from './feature-maths.ts';
import { type CompareCall, computing, FeatureStore, photoMissing } from './feature-store.ts';
import { GpuComponentMaps } from './gpu-component-maps.ts';
import { GpuFeatureMaths } from './gpu-feature-maths.ts';
import { PairScorer } from './pair-scorer.ts';
import { BitmapTarget } from './picture-target.ts';
import { similarityMaps } from './similarity-maps.ts';

type Argument<M extends keyof CompareApi> = Parameters<CompareApi[M]>[0];

/** What the compare worker answers: encoders' features of the photos, and what they say when compared. */
export class CompareEngine implements ServedHandlers<CompareApi, CompareProgress> {
  private maths: FeatureMaths = new CpuFeatureMaths();
  private drawing: ComponentDrawing = new CpuComponentMaps(this.maths);
  private pool = new EncoderPool(null, this.maths);
  private store = new FeatureStore(this.pool, this.maths);

  constructor(private readonly onDeviceLost: (reason: string) => void) {}

  /** The first call: what comes before it would be computed without a GPU, and photos before it are lost. */
  async start({ provider: choice, checks, avoidGpu }: Argument<'start'>): Promise<CompareInfo> {
    const { gpu, reason } = await openGpu(avoidGpu);
    const adapter = gpu && { isFallback: gpu.isFallback, name: describeAdapter(gpu.info) };
    const { provider } = chooseProvider(choice, adapter, reason);
    // An emulated adapter computes on the CPU with detours, unless somebody asks to see just that.
    if (gpu && (!gpu.isFallback || choice === 'webgpu'))
      await takeDevice(gpu, this.onDeviceLost, () => this.useGpu(gpu));
    this.pool = new EncoderPool(provider === 'webgpu' ? gpu : null, this.maths, checks);
    this.store = new FeatureStore(this.pool, this.maths);
    return { provider, mathsOn: this.maths.runsOn, adapter: adapter?.name ?? null };
  }

  listEncoders({ models }: Argument<'listEncoders'>): Promise<EncoderInfo[]> {
    return this.pool.list(models);
  }

  async setPhoto({ slot, file, name, recorded }: Argument<'setPhoto'>, { signal }: CompareCall): Promise<PhotoInfo> {
    const opened = await openPhoto(file, name, signal);
    this.store.replace(slot, new Photo(opened, null), recorded);
    return opened.info;
  }

  clearPhoto({ slot }: Argument<'clearPhoto'>): void {
    this.store.replace(slot, null);
  }

  async components({ options, ...encoding }: Argument<'components'>, context: CompareCall): Promise<ComponentMaps> {
    const { features, facts } = await this.store.encodePhotos(encoding, context);
    const { alignTo } = options;
    const reference =
      alignTo && alignTo.id !== encoding.encoder.id
        ? await this.store.encodePhotos({ ...encoding, encoder: alignTo }, context)
        : null;
    context.onProgress({ stage: 'compute', fraction: null });
    const maps = await this.drawing.maps(features, reference?.features ?? null, options);
    const bitmaps = bitmapsOf(maps.pictures);
    // Nobody waits for them any more.
    if (context.signal.aborted) bitmaps.forEach((bitmap) => bitmap.close());
    throwIfAborted(context.signal);
    return moving({ ...maps, facts }, bitmaps);
  }

  async clusters({ k, seed, ...encoding }: Argument<'clusters'>, context: CompareCall): Promise<ClusterMaps> {
    const { features, facts } = await this.store.encodePhotos(encoding, context);
    context.onProgress({ stage: 'compute', fraction: null });
    const slots = filledSlots(features);
    const sets = slots.map((slot) => features[slot]!);
    const found = await kMeans(sets, { k, seed }, (set, centres) =>
      this.maths.nearest(set as Encoded, centres, { signal: context.signal }),
    );
    const labels: ClusterMaps['labels'] = {};
    slots.forEach((slot, i) => (labels[slot] = { grid: features[slot]!.grid, labels: found.labels[i] }));
    return { labels, sizes: found.sizes, meanCosine: found.meanCosine, facts };
  }

  async similarity({ options, ...encoding }: Argument<'similarity'>, context: CompareCall): Promise<SimilarityMaps> {
    const { features, facts } = await this.store.encodePhotos(encoding, context);
    return { ...(await similarityMaps(this.maths, features, options)), facts };
  }

  similarities({ encodings, options }: Argument<'similarities'>, context: CompareCall): Promise<SimilarityMaps[]> {
    return Promise.all(encodings.map((encoding) => this.similarity({ ...encoding, options }, context)));
  }

  async neighbours(
    { between, maxRatio, limit, ...encoding }: Argument<'neighbours'>,
    context: CompareCall,
  ): Promise<NeighbourMatches> {
    const { features, facts } = await this.store.encodePhotos(encoding, context);
    const [first, second] = between.map((slot) => features[slot]);
    if (!first || !second) throw photoMissing(between[first ? 1 : 0]);
    context.onProgress({ stage: 'compute', fraction: null });
    const [there, back] = await this.maths.nearestBothWays(first, second, computing(context));
    const mutual = mutualNeighbours(there, back);
    const chosen = mutual.filter(({ ratio }) => ratio <= maxRatio).slice(0, limit);
    const rows = chosen.flatMap((match) => {
      const [from, to] = [centreOf(match.a, first.grid), centreOf(match.b, second.grid)];
      return [from.x, from.y, to.x, to.y, match.cosine, match.ratio];
    });
    return { between, rows: Float32Array.from(rows), count: chosen.length, mutual: mutual.length, facts };
  }

  inspectTruth({ pair }: Argument<'inspectTruth'>, context: CompareCall): Promise<TruthSummary> {
    return this.scorer().inspect(pair, context);
  }

  score({ pair, protocol, ...encoding }: Argument<'score'>, context: CompareCall): Promise<PairScore> {
    return this.scorer().score(encoding, pair, protocol, context);
  }

  async exportFeatures({ slot, ...encoding }: Argument<'exportFeatures'>, context: CompareCall): Promise<Blob> {
    const map = (await this.store.encodePhotos(encoding, context)).features[slot];
    if (!map) throw photoMissing(slot);
    const { grid, channels, values } = map;
    return new Blob([encodeNpy(npyOfFloat32(values, [grid.height, grid.width, channels]))]);
  }

  private scorer(): PairScorer {
    return new PairScorer(this.store, this.maths);
  }

  private async useGpu(gpu: Gpu): Promise<void> {
    const scope = new Scope(gpu.device, 'compare');
    const maths = new GpuFeatureMaths(scope);
    const target = BitmapTarget.open(gpu.device);
    const drawing = target ? new GpuComponentMaps(scope, maths, target) : new CpuComponentMaps(maths);
    await shadersReady(gpu.device);
    this.maths = maths;
    this.drawing = drawing;
  }
}
