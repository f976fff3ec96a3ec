import { kMeans } from '../../features/k-means.ts';
import { mutualNeighbours } from '../../features/mutual-neighbours.ts';
import { nearestRecall } from '../../features/recall.ts';
import { centreOf, heatOf, placeAt, topPlaces } from '../../features/similarity.ts';
import { encodeNpy, npyOfFloat32 } from '../../formats/npy.ts';
import { describeAdapter, type Gpu } from '../../gpu/device.ts';
import { Scope } from '../../gpu/scope.ts';
import { shadersReady } from '../../gpu/shader.ts';
import type {
  ClusterMaps,
  CompareApi,
  CompareInfo,
  CompareProgress,
  ComponentMaps,
  EncoderInfo,
  Encoding,
  EncodingFacts,
  NeighbourMatches,
  PairScore,
  SimilarityMaps,
} from '../../shared/compare.ts';
import { CodedError, throwIfAborted } from '../../shared/errors.ts';
import { otherSide, type Side } from '../../shared/geometry.ts';
import type { PhotoInfo } from '../../shared/protocol.ts';
import { LruCache } from '../lru-cache.ts';
import { openGpu } from '../open-gpu.ts';
import { openPhoto } from '../open-photo.ts';
import { Photo } from '../photo.ts';
import { chooseProvider } from '../provider.ts';
import { Mutex } from '../runtime.ts';
import type { ServedCall, ServedHandlers } from '../serve-calls.ts';
import { componentMaps, type EncodedSides, present } from './component-maps.ts';
import { EncoderPool } from './encoder-pool.ts';
import { CpuFeatureMaths, encoded, type Encoded, type FeatureMaths } from './feature-maths.ts';
import { GpuFeatureMaths } from './gpu-feature-maths.ts';
import { readTruth } from './true-warp.ts';

type CallContext = ServedCall<CompareProgress>;
type Argument<M extends keyof CompareApi> = Parameters<CompareApi[M]>[0];

/** What one run of an encoder made of one photo: every feature that it yields. */
interface Run {
  features: Record<string, Encoded>;
  milliseconds: number;
}

/** Room for the features of both photos by four large ViTs, several times over. */
const FEATURE_BUDGET = 256 * 2 ** 20;

/** The compare worker's state: the photos, the encoders, and their features by photo, encoder and size. */
export class CompareEngine implements ServedHandlers<CompareApi, CompareProgress> {
  private readonly photos: Partial<Record<Side, Photo>> = {};
  private maths: FeatureMaths = new CpuFeatureMaths();
  private pool = new EncoderPool(null, this.maths);
  // One run at a time: encoders share the runtime and the memory. Hovering waits for no run but its own.
  private readonly jobs = new Mutex();
  private readonly runs = new LruCache<Run>({
    budget: FEATURE_BUDGET,
    bytesOf: ({ features }) => Object.values(features).reduce((sum, { values }) => sum + values.byteLength, 0),
    dispose: ({ features }) => Object.values(features).forEach((map) => this.maths.forget(map)),
  });

  constructor(private readonly onDeviceLost: (reason: string) => void) {}

  async start({ provider: choice }: Argument<'start'>): Promise<CompareInfo> {
    const { gpu, reason } = await openGpu();
    const adapter = gpu && { isFallback: gpu.isFallback, name: describeAdapter(gpu.info) };
    const { provider } = chooseProvider(choice, adapter, reason);
    // An emulated adapter computes on the CPU with detours, unless somebody asks to see just that.
    if (gpu && (!gpu.isFallback || choice === 'webgpu')) await this.useGpu(gpu);
    this.pool = new EncoderPool(provider === 'webgpu' ? gpu : null, this.maths);
    return { provider, mathsOn: this.maths.runsOn, adapter: adapter?.name ?? null };
  }

  listEncoders({ models }: Argument<'listEncoders'>): Promise<EncoderInfo[]> {
    return this.pool.list(models);
  }

  async setPhoto({ side, file, name }: Argument<'setPhoto'>, { signal }: CallContext): Promise<PhotoInfo> {
    const { bitmap, info } = await openPhoto(file, name, signal);
    this.replacePhoto(side, new Photo(bitmap, info, null));
    return info;
  }

  clearPhoto({ side }: Argument<'clearPhoto'>): void {
    this.replacePhoto(side, null);
  }

  async components({ options, ...encoding }: Argument<'components'>, context: CallContext): Promise<ComponentMaps> {
    const { sides, facts } = await this.encodePhotos(encoding, context);
    const { alignTo } = options;
    const reference =
      alignTo && alignTo.id !== encoding.encoder.id
        ? await this.encodePhotos({ ...encoding, encoder: alignTo }, context)
        : null;
    context.onProgress({ stage: 'compute', fraction: null });
    return { ...(await componentMaps(this.maths, sides, reference?.sides ?? null, options)), facts };
  }

  async clusters({ k, seed, ...encoding }: Argument<'clusters'>, context: CallContext): Promise<ClusterMaps> {
    const { sides, facts } = await this.encodePhotos(encoding, context);
    context.onProgress({ stage: 'compute', fraction: null });
    const there = present(sides);
    const sets = there.map((side) => sides[side]!);
    const found = await kMeans(sets, { k, seed }, (set, centres) => this.maths.nearest(set as Encoded, centres));
    const labels: ClusterMaps['labels'] = {};
    there.forEach((side, i) => (labels[side] = { grid: sides[side]!.grid, labels: found.labels[i] }));
    return { labels, sizes: found.sizes, meanCosine: found.meanCosine, facts };
  }

  async similarity({ options, ...encoding }: Argument<'similarity'>, context: CallContext): Promise<SimilarityMaps> {
    const { sides, facts } = await this.encodePhotos(encoding, context);
    const { at, count, exclusion, temperature } = options;
    const asked = sides[at.side];
    if (!asked) throw photoMissing(at.side);
    const place = placeAt(at.x, at.y, asked.grid);
    const query = asked.values.slice(place * asked.channels, (place + 1) * asked.channels);
    const there = present(sides);
    const cosines = await Promise.all(there.map((side) => this.maths.cosines(sides[side]!, query)));
    const heat: SimilarityMaps['heat'] = {};
    there.forEach((side, i) => (heat[side] = { grid: sides[side]!.grid, values: heatOf(cosines[i], temperature) }));
    const target = sides[otherSide(at.side)] ? otherSide(at.side) : at.side;
    const { grid } = sides[target]!;
    const own = cosines[there.indexOf(target)];
    const places = topPlaces(own, grid, count, exclusion, target === at.side ? place : null);
    const best = places.map((found) => ({ side: target, ...centreOf(found, grid), cosine: own[found] }));
    return { heat, best, query: { side: at.side, ...centreOf(place, asked.grid) }, facts };
  }

  async neighbours(
    { maxRatio, limit, ...encoding }: Argument<'neighbours'>,
    context: CallContext,
  ): Promise<NeighbourMatches> {
    const { sides, facts } = await this.encodePhotos(encoding, context);
    const { a, b } = sides;
    if (!a || !b) throw photoMissing(a ? 'b' : 'a');
    context.onProgress({ stage: 'compute', fraction: null });
    const [ab, ba] = await Promise.all([this.maths.nearest(a, b), this.maths.nearest(b, a)]);
    const mutual = mutualNeighbours(ab, ba);
    const chosen = mutual.filter(({ ratio }) => ratio <= maxRatio).slice(0, limit);
    const rows = chosen.flatMap((match) => {
      const [from, to] = [centreOf(match.a, a.grid), centreOf(match.b, b.grid)];
      return [from.x, from.y, to.x, to.y, match.cosine, match.ratio];
    });
    return { rows: Float32Array.from(rows), count: chosen.length, mutual: mutual.length, facts };
  }

  async score({ pair, ...encoding }: Argument<'score'>, context: CallContext): Promise<PairScore> {
    const truth = await readTruth(new Uint8Array(await (await this.fetch(pair.truth, context.signal)).arrayBuffer()));
    const photos = { a: await this.openAddress(pair.a, context), b: await this.openAddress(pair.b, context) };
    try {
      const a = await this.encode(encoding, photos.a, context);
      const b = await this.encode(encoding, photos.b, context);
      context.onProgress({ stage: 'compute', fraction: null });
      const { index } = await this.maths.nearest(a.map, b.map);
      const { places, shares } = nearestRecall(index, a.map.grid, b.map.grid, photos.b.size, truth);
      return { places, recall: shares, viewpoint: truth.viewpoint };
    } finally {
      for (const photo of [photos.a, photos.b]) {
        this.runs.forget(`${photo.key}/`);
        photo.close();
      }
    }
  }

  async exportFeatures({ side, ...encoding }: Argument<'exportFeatures'>, context: CallContext): Promise<Blob> {
    const map = (await this.encodePhotos(encoding, context)).sides[side];
    if (!map) throw photoMissing(side);
    const { grid, channels, values } = map;
    return new Blob([encodeNpy(npyOfFloat32(values, [grid.height, grid.width, channels]))]);
  }

  private async useGpu(gpu: Gpu): Promise<void> {
    const maths = new GpuFeatureMaths(new Scope(gpu.device, 'compare'));
    await shadersReady(gpu.device);
    this.maths = maths;
    void gpu.device.lost.then(({ message, reason }) => this.onDeviceLost(message || reason));
  }

  /** Features of the photos that are there, from the cache where they are. */
  private async encodePhotos(
    encoding: Encoding,
    context: CallContext,
  ): Promise<{ sides: EncodedSides; facts: EncodingFacts }> {
    const there = present(this.photos);
    if (there.length === 0) throw photoMissing('a');
    const sides: EncodedSides = {};
    const facts: EncodingFacts = { grids: {}, channels: 0, milliseconds: 0, usage: { bytes: 0, budget: 0, photos: 0 } };
    for (const side of there) {
      const { map, milliseconds } = await this.encode(encoding, this.photos[side]!, context);
      sides[side] = map;
      facts.grids[side] = map.grid;
      facts.channels = map.channels;
      facts.milliseconds += milliseconds;
    }
    this.runs.trim();
    facts.usage = { bytes: this.runs.bytes, budget: this.runs.budget, photos: this.runs.size };
    return { sides, facts };
  }

  private async encode(
    { encoder, longSide }: Encoding,
    photo: Photo,
    context: CallContext,
  ): Promise<{ map: Encoded; milliseconds: number }> {
    const { source } = encoder;
    const { onProgress } = context;
    // A network of its own has one size, whatever is asked.
    const size = source.kind === 'network' ? 'own' : String(longSide);
    const run = await this.runs.get(`${photo.key}/${this.pool.runKey(source)}/${size}`, () =>
      this.jobs.run(async () => {
        onProgress({ stage: 'encode', fraction: null });
        const start = performance.now();
        const onEncoding = (fraction: number | null) =>
          onProgress({ stage: fraction === null ? 'encode' : 'load-model', fraction });
        const maps = await this.pool.encode(source, photo, longSide, onEncoding);
        const features = Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, encoded(map)]));
        return { features, milliseconds: performance.now() - start };
      }),
    );
    // A run may be another caller's too, so cancelling does not stop it.
    throwIfAborted(context.signal);
    return { map: run.features[this.pool.featureName(source)], milliseconds: run.milliseconds };
  }

  private async openAddress(url: string, { signal }: CallContext): Promise<Photo> {
    const { bitmap, info } = await openPhoto(await (await this.fetch(url, signal)).blob(), url, signal);
    return new Photo(bitmap, info, null);
  }

  private async fetch(url: string, signal: AbortSignal): Promise<Response> {
    const response = await fetch(url, { signal }).catch(() => null);
    throwIfAborted(signal);
    if (!response?.ok)
      throw new CodedError('network', `${url} could not be read.`, 'Check the connection and try again.');
    return response;
  }

  private replacePhoto(side: Side, photo: Photo | null): void {
    const old = this.photos[side];
    if (photo) this.photos[side] = photo;
    else delete this.photos[side];
    if (!old) return;
    this.runs.forget(`${old.key}/`);
    old.close();
  }
}

const photoMissing = (side: Side) =>
  new CodedError('photo-missing', `Photo ${side.toUpperCase()} is missing.`, 'Choose it, or a sample pair.');
