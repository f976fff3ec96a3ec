import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import { maskText, type PhotoMask } from '../../../core/mask.ts';
import { Serial } from '../../../core/serial.ts';
import { Sha256 } from '../../../core/sha256.ts';
import { collected } from '../../../exports/export-format.ts';
import { openHdf5 } from '../../../exports/open-hdf5.ts';
import { openSqlite } from '../../../exports/open-sqlite.ts';
import { SET_EXPORTS } from '../../../exports/sets/index.ts';
import { ZipWriter } from '../../../formats/archives/zip-writer.ts';
import type { PairFile } from '../../../formats/sets/pair-file.ts';
import { type LoadListener, ViewMatchers } from '../../../matching/scoring/view-matchers.ts';
import { swappedVerdict } from '../../../matching/verdict.ts';
import { fetchManifest } from '../../../models/fetch-model.ts';
import { weightsOf } from '../../../models/manifest.ts';
import { describeAdapter } from '../../../platform/gpu/device.ts';
import { openGpu } from '../../../platform/gpu/open-gpu.ts';
import { watchDevice } from '../../../platform/gpu/watch-device.ts';
import { Scope } from '../../../platform/gpu/scope.ts';
import { LazyRuntime } from '../../../platform/runtime/lazy-runtime.ts';
import { chooseProvider } from '../../../platform/runtime/provider.ts';
import type { ServedCall, ServedHandlers } from '../../../platform/worker/serve-calls.ts';
import { type Assembled, assembleSet, flipped, type SetPairResult } from '../../../sets/assemble.ts';
import { fittedWith, geometryOf, isFittedWith, matchSetPair } from '../../../sets/match-pair.ts';
import { KEYPOINTS } from '../../../sets/keypoints.ts';
import { likelyPairs, pooledDescriptors } from '../../../sets/pairing.ts';
import type {
  BesideFacts,
  PairOfIds,
  SetApi,
  SetFacts,
  SetInfo,
  SetMatchOptions,
  SetPairFacts,
  SetPhotoFacts,
  SetProgress,
  TrackPlace,
} from '../contract/api.ts';
import { Beside } from './beside.ts';
import { cropOf, OpenPhotos, thumbnailOf } from './set-photos.ts';
import { SetStore } from './set-store.ts';

type Argument<M extends keyof SetApi> = Parameters<SetApi[M]>[0];
type CallContext = ServedCall<SetProgress>;

/** Whoever changes how candidates are made changes this: kept pairs are made again. */
const VERSION = 2;
/** Places of a photo's grid that tracks may begin at. */
const PLACES = 2 * KEYPOINTS.default;
/** A person waits no longer for tries than this many times the first match. */
const PATIENCE = 4;
/** A point is chosen where a keypoint lies this near, as a share of the photo's longer side. */
const NEAR_SHARE = 0.03;

/** Everything of the worker that depends on where models run; made by `start`. */
interface Running {
  store: SetStore;
  beside: Beside;
  photos: OpenPhotos;
  matchers: ViewMatchers;
}

/** The set worker's state: the photos, the pairs that were matched, and what was put together of them. */
export class SetEngine implements ServedHandlers<SetApi, SetProgress> {
  private running: Running | null = null;
  private assembled: (Assembled & { ids: readonly string[] }) | null = null;
  // A model runs one thing at a time, and files are written one after the other.
  private readonly jobs = new Serial();

  constructor(private readonly onDeviceLost: (reason: string) => void) {}

  async start({ provider: choice, checks, avoidGpu }: Argument<'start'>): Promise<SetInfo> {
    const { gpu, reason: noGpu } = await openGpu(avoidGpu);
    const adapter = gpu && { isFallback: gpu.isFallback, name: describeAdapter(gpu.info) };
    const { provider, reason } = chooseProvider(choice, adapter, noGpu);
    const used = provider === 'webgpu' ? gpu : null;
    const root = used ? new Scope(used.device, 'set') : null;
    if (used) watchDevice(used, this.onDeviceLost);
    else gpu?.device.destroy();
    const store = await SetStore.open(await ownFiles());
    const runtime = new LazyRuntime(used?.device ?? null);
    const beside = new Beside(store);
    this.running = {
      store,
      beside,
      photos: new OpenPhotos(root),
      matchers: new ViewMatchers(runtime, root, used, checks),
    };
    const kept = await store.kept();
    return { providerReason: reason, kept, keeps: store.keeps, beside: await beside.take([]) };
  }

  add({ id, file }: Argument<'add'>): Promise<SetPhotoFacts> {
    return this.jobs.run(async () => {
      const { store, photos } = this.require();
      const photo = await photos.open(id, file);
      const { size, info } = photo;
      const sha256 = new Sha256().update(new Uint8Array(await file.arrayBuffer())).hex();
      const thumbnail = await thumbnailOf(photo);
      // Dozens are added at once: none stays open for a match that may never come.
      photos.close(id);
      const facts = { id, name: file.name, size, focal: info.focal ?? null, sha256, thumbnail };
      await store.add(facts, file);
      return facts;
    });
  }

  remove({ ids }: Argument<'remove'>): Promise<void> {
    return this.jobs.run(async () => {
      const { store, photos, matchers } = this.require();
      for (const id of ids) {
        photos.close(id);
        matchers.forget(id);
      }
      await store.remove(ids);
    });
  }

  beside({ files }: Argument<'beside'>): Promise<BesideFacts> {
    return this.jobs.run(() => this.require().beside.take(files));
  }

  forgetBeside({ what }: Argument<'forgetBeside'>): Promise<BesideFacts> {
    return this.jobs.run(() => this.require().beside.forget(what));
  }

  arrange({ ids }: Argument<'arrange'>): Promise<void> {
    return this.jobs.run(() => this.require().store.arrange(ids));
  }

  photo({ id }: Argument<'photo'>): File {
    return this.require().store.file(id);
  }

  mask({ id }: Argument<'mask'>): PhotoMask | null {
    return this.require().store.mask(id);
  }

  likely({ ids, neighbours, model, longSide }: Argument<'likely'>, context: CallContext): Promise<PairOfIds[]> {
    return this.jobs.run(async () => {
      const matcher = await this.load(model, context);
      if (matcher.coarseFeature === null) {
        throw new CodedError(
          'set-not-comparable',
          `The features of ${matcher.matcher.manifest.name} cannot be compared by themselves.`,
          'Choose a sequence, all pairs, or another model.',
        );
      }
      const { store, photos } = this.require();
      const whole: { channels: number; values: Float32Array }[] = [];
      for (const [done, id] of ids.entries()) {
        throwIfAborted(context.signal);
        context.onProgress({ stage: 'encode', fraction: done / ids.length });
        whole.push(await matcher.wholeTokens(await photos.open(id, store.file(id)), longSide));
        photos.trim();
      }
      return likelyPairs(pooledDescriptors(whole), neighbours).map(([i, j]) => ({ a: ids[i], b: ids[j] }));
    });
  }

  async known({ pairs, ...options }: Argument<'known'>): Promise<(SetPairFacts | null)[]> {
    const { store } = this.require();
    const ways = await this.ways(options);
    return Promise.all(
      pairs.map(async ({ a, b }) => {
        for (const keyFor of ways) {
          const straight = await store.pairAbout(keyFor(a, b));
          const found = straight ?? (await store.pairAbout(keyFor(b, a)));
          if (found) return factsOf({ ...found, isFlipped: !straight });
        }
        return null;
      }),
    );
  }

  match({ pair, ...options }: Argument<'match'>, context: CallContext): Promise<SetPairFacts> {
    return this.jobs.run(async () => {
      const { store, photos, beside, matchers } = this.require();
      const keyFor = await this.keys(options);
      const before = await this.known({ ...options, pairs: [pair] });
      if (before[0]) return before[0];
      const names = [store.record(pair.a).name, store.record(pair.b).name] as const;
      try {
        const opened = {
          a: await photos.open(pair.a, store.file(pair.a)),
          b: await photos.open(pair.b, store.file(pair.b)),
        };
        for (const side of ['a', 'b'] as const) opened[side].mask = store.mask(pair[side]);
        const cameras = { a: beside.camera(pair.a), b: beside.camera(pair.b) };
        const { longSide, rescue } = options;
        const settings = { longSide, rescue, places: PLACES, patience: PATIENCE };
        const listener = this.listener(context);
        const { verdict, geometry, matches } = await matchers.use(options.model, listener, (matcher) =>
          matchSetPair(matcher, opened, settings, {
            signal: context.signal,
            onTry: (fraction) => context.onProgress({ stage: 'search', fraction }),
            cameras,
          }),
        );
        const key = keyFor(pair.a, pair.b);
        await store.writePair({ key, names, verdict, geometry, ...fittedWith(cameras), matches });
        return factsOf({ verdict, geometry, count: matches.count, isFlipped: false });
      } finally {
        photos.trim();
      }
    });
  }

  assemble(
    { ids, pairs, keypoints, modelName, ...options }: Argument<'assemble'>,
    { signal, onProgress }: CallContext,
  ): Promise<SetFacts> {
    return this.jobs.run(async () => {
      const { store, beside } = this.require();
      const ways = await this.ways(options);
      const place = new Map(ids.map((id, i) => [id, i]));
      const results: SetPairResult[] = [];
      const geometries: SetFacts['geometries'] = [];
      for (const [done, { a, b }] of pairs.entries()) {
        throwIfAborted(signal);
        let geometry: SetFacts['geometries'][number] = 'degenerate';
        for (const keyFor of ways) {
          const straight = await store.readPair(keyFor(a, b));
          const found = straight ?? (await store.readPair(keyFor(b, a)));
          if (!found) continue;
          const order = straight ? ([a, b] as const) : ([b, a] as const);
          const fitted = await this.fitted(found, order, () =>
            onProgress({ stage: 'fit', fraction: done / pairs.length }),
          );
          geometry = fitted.geometry.config;
          const result: SetPairResult = { ...fitted, pair: [place.get(order[0])!, place.get(order[1])!] };
          if (fitted.matches.count) results.push(result.pair[0] < result.pair[1] ? result : flipped(result));
          break;
        }
        geometries.push(geometry);
      }
      const photos = ids.map((id) => ({ ...store.record(id), camera: beside.camera(id) }));
      this.assembled = { ...assembleSet(uniqueNames(photos), results, { model: modelName, keypoints }), ids };
      const { content, meanLength } = this.assembled;
      return {
        tracks: content.tracks.count,
        meanLength,
        verifiedPairs: content.pairs.length,
        keypoints: Object.fromEntries(ids.map((id, i) => [id, content.photos[i].keypoints.length / 2])),
        geometries,
      };
    });
  }

  /** A kept pair by the cameras that are known now: its candidates stay, and no model is run. */
  private async fitted(pair: PairFile, [a, b]: readonly [string, string], onFit: () => void): Promise<PairFile> {
    const { store, beside } = this.require();
    const cameras = { a: beside.camera(a), b: beside.camera(b) };
    if (isFittedWith(pair, cameras)) return pair;
    onFit();
    const { cameras: _, ...others } = pair;
    const sizes = { a: store.record(a).size, b: store.record(b).size };
    const fitted = { ...others, geometry: await geometryOf(pair.matches, sizes, cameras), ...fittedWith(cameras) };
    await store.writePair(fitted);
    return fitted;
  }

  keypoints({ id }: Argument<'keypoints'>): { places: Float32Array; lengths: Uint8Array } {
    const { content, keypointTracks, ids } = this.requireAssembled();
    const index = ids.indexOf(id);
    const { begins } = content.tracks;
    return {
      places: content.photos[index].keypoints,
      lengths: Uint8Array.from(keypointTracks[index], (track) => Math.min(255, begins[track + 1] - begins[track])),
    };
  }

  async track({ id, x, y }: Argument<'track'>): Promise<TrackPlace[] | null> {
    const { content, keypointTracks, ids } = this.requireAssembled();
    const { store, photos } = this.require();
    const index = ids.indexOf(id);
    const { keypoints, size } = content.photos[index];
    let [best, nearest] = [-1, NEAR_SHARE * Math.max(size.width, size.height)];
    for (let k = 0; k < keypoints.length / 2; k++) {
      const distance = Math.hypot(keypoints[2 * k] - x, keypoints[2 * k + 1] - y);
      if (distance < nearest) [best, nearest] = [k, distance];
    }
    if (best < 0) return null;
    const track = keypointTracks[index][best];
    const seen: TrackPlace[] = [];
    for (let o = content.tracks.begins[track]; o < content.tracks.begins[track + 1]; o++) {
      const [px, py] = content.tracks.places.subarray(2 * o, 2 * o + 2);
      const photo = ids[content.tracks.photos[o]];
      const crop = await cropOf(await photos.open(photo, store.file(photo)), px, py);
      seen.push({ id: photo, x: px, y: py, crop });
    }
    await this.jobs.run(async () => photos.trim());
    return seen;
  }

  save({ format, cameras, firstPixel }: Argument<'save'>, { onProgress }: CallContext): Promise<ExportedFile> {
    return this.jobs.run(async () => {
      onProgress({ stage: 'write', fraction: null });
      const { content, keypointTracks } = this.requireAssembled();
      const writer = SET_EXPORTS.find(({ name }) => name === format)!;
      const source = { content, keypointTracks, cameras, firstPixel, openDatabase: openSqlite, openHdf5 };
      const files = [...(await writer.write(source))];
      if (files.length === 1) return { name: files[0][0], blob: new Blob([files[0][1]]), notes: [] };
      const blob = await collected(async (sink) => {
        const zip = new ZipWriter(sink);
        for (const [name, bytes] of files) await zip.add(name, bytes);
        await zip.finish();
      }, 'application/zip');
      return { name: `set-${format}.zip`, blob, notes: [] };
    });
  }

  private load(model: SetMatchOptions['model'], context: CallContext) {
    return this.require().matchers.load(model, this.listener(context));
  }

  private listener({ signal, onProgress }: CallContext): LoadListener {
    return {
      signal,
      onLoaded: (fraction) => onProgress({ stage: 'model', fraction }),
      onCheck: (check) => onProgress({ stage: 'model', fraction: 1, check }),
    };
  }

  /** What a pair is kept under: its photos, the weights and the settings. */
  private async keys({ model, longSide, rescue }: SetMatchOptions): Promise<(a: string, b: string) => string> {
    const { store } = this.require();
    const weights = await this.weights(model.manifestUrl);
    const photoOf = (id: string) => {
      const mask = store.mask(id);
      // Another mask makes another match.
      return mask ? `${store.record(id).sha256}/${hashOf(maskText(mask))}` : store.record(id).sha256;
    };
    return (a, b) => {
      const facts = [photoOf(a), photoOf(b), weights, longSide, rescue, VERSION];
      return hashOf(JSON.stringify(facts));
    };
  }

  /** A pair that was looked at again goes before its first look. */
  private async ways(options: SetMatchOptions): Promise<((a: string, b: string) => string)[]> {
    const again = await this.keys({ ...options, rescue: true });
    return options.rescue ? [again] : [again, await this.keys(options)];
  }

  private readonly manifests = new Map<string, Promise<string>>();

  private weights(url: string): Promise<string> {
    let known = this.manifests.get(url);
    if (!known) {
      known = fetchManifest(url).then((manifest) => `${manifest.id}/${weightsOf(manifest)}`);
      known.catch(() => this.manifests.delete(url));
      this.manifests.set(url, known);
    }
    return known;
  }

  private require(): Running {
    if (!this.running) throw new CodedError('internal', 'The worker has not been started.');
    return this.running;
  }

  private requireAssembled() {
    if (!this.assembled) {
      throw new CodedError('set-not-assembled', 'The pairs have not been put together yet.', 'Match them first.');
    }
    return this.assembled;
  }
}

function factsOf(pair: Pick<PairFile, 'verdict' | 'geometry'> & { count: number; isFlipped: boolean }): SetPairFacts {
  const { verdict, geometry, count, isFlipped } = pair;
  return {
    verdict: isFlipped ? swappedVerdict(verdict) : verdict,
    candidates: count,
    geometry: geometry.config,
  };
}

const hashOf = (text: string): string => new Sha256().update(new TextEncoder().encode(text)).hex();

/** COLMAP and hloc know photos by their names: the second of one name gets a number. */
function uniqueNames<T extends { name: string }>(photos: readonly T[]): T[] {
  const taken = new Set<string>();
  return photos.map((photo) => {
    const [, stem, ending] = /^(.*?)(\.[^.]*)?$/s.exec(photo.name)!;
    let name = photo.name;
    for (let n = 2; taken.has(name); n++) name = `${stem}-${n}${ending ?? ''}`;
    taken.add(name);
    return { ...photo, name };
  });
}

/** The origin's private files, where this tab is the only one that has a set open. */
async function ownFiles(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const isOwn = await new Promise<boolean>((resolve) => {
      // Held as long as the worker lives.
      void navigator.locks.request('liftmatch-set', { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise(() => {}) : undefined;
      });
    });
    return isOwn ? await navigator.storage.getDirectory() : null;
  } catch {
    // A sandboxed frame, a private window: the set lives in memory.
    return null;
  }
}
