import type {
  BySlot,
  CompareProgress,
  Encoding,
  EncodingFacts,
  FeatureUsage,
  RecordedPlace,
  Slot,
} from '../contract.ts';
import { filledSlots } from '../contract.ts';
import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import { LruCache } from '../../../core/lru-cache.ts';
import type { Photo } from '../../../matching/photos/photo.ts';
import { Mutex } from '../../../platform/runtime/runtime.ts';
import type { ServedCall } from '../../../platform/worker/serve-calls.ts';
import type { EncoderPool, Normalisation, OnEncoding } from './encoder-pool.ts';
import type { Encoded, FeatureMaths, Watch } from './feature-maths.ts';
import { encoded } from './feature-maths.ts';
import { RecordedFeatures } from './recorded-features.ts';

export type CompareCall = ServedCall<CompareProgress>;

/** What one run of an encoder made of one photo: every feature that it yields. */
interface Run {
  features: Record<string, Encoded>;
  milliseconds: number;
}

/** Room for the features of four photos by four large ViTs, twice over. */
const FEATURE_BUDGET = 256 * 2 ** 20;

/** The photos, and their features by photo, encoder and size: computed once, evicted by least use under a budget. */
export class FeatureStore {
  private readonly photos: BySlot<Photo> = {};
  // One run at a time: encoders share the runtime and the memory. Hovering waits for no run but its own.
  private readonly jobs = new Mutex();
  private readonly runs = new LruCache<Run>({
    budget: FEATURE_BUDGET,
    bytesOf: ({ features }) => Object.values(features).reduce((sum, { values }) => sum + values.byteLength, 0),
    dispose: ({ features }) => Object.values(features).forEach((map) => this.maths.forget(map)),
  });

  /** Where features of a photo were recorded. */
  private readonly places = new WeakMap<Photo, RecordedPlace>();

  constructor(
    private readonly pool: EncoderPool,
    private readonly maths: FeatureMaths,
    private readonly recorded = new RecordedFeatures(),
  ) {}

  get usage(): FeatureUsage {
    return { bytes: this.runs.bytes, budget: this.runs.budget, photos: this.runs.size };
  }

  /** Takes the photo over; null empties the slot. The features of the one before are freed. */
  replace(slot: Slot, photo: Photo | null, recorded: RecordedPlace | null = null): void {
    const old = this.photos[slot];
    if (photo && recorded) this.places.set(photo, recorded);
    if (photo) this.photos[slot] = photo;
    else delete this.photos[slot];
    if (!old) return;
    this.forget(old);
    old.close();
  }

  /** Features of the photos that are there, from the cache where they are. */
  async encodePhotos(
    encoding: Encoding,
    context: CompareCall,
  ): Promise<{ features: BySlot<Encoded>; facts: EncodingFacts }> {
    const features: BySlot<Encoded> = {};
    const facts: EncodingFacts = { grids: {}, channels: 0, milliseconds: 0, isRecorded: true, usage: this.usage };
    const slots = filledSlots(this.photos);
    if (slots.length === 0) throw photoMissing('a');
    for (const slot of slots) {
      const { map, milliseconds, isRecorded } = await this.encode(encoding, this.photos[slot]!, context);
      features[slot] = map;
      facts.grids[slot] = map.grid;
      facts.channels = map.channels;
      facts.milliseconds += milliseconds;
      facts.isRecorded &&= isRecorded;
    }
    this.runs.trim();
    facts.usage = this.usage;
    return { features, facts };
  }

  /**
   * Features of any photo; the caller forgets one that is in no slot.
   * @param normalisation in place of the network's own; for photos that are forgotten afterwards
   */
  async encode(
    encoding: Encoding,
    photo: Photo,
    { signal, onProgress }: CompareCall,
    normalisation?: Normalisation,
  ): Promise<{ map: Encoded; milliseconds: number; isRecorded: boolean }> {
    const { encoder, longSide } = encoding;
    const { source } = encoder;
    const recorded = normalisation ? null : await this.recorded.read(this.places.get(photo) ?? null, encoding);
    if (recorded) {
      const key = `${photo.key}/recorded/${encoder.id}/${longSide}`;
      const run = await this.runs.get(key, async () => ({
        features: { recorded: encoded(recorded) },
        milliseconds: 0,
      }));
      throwIfAborted(signal);
      return { map: run.features.recorded, milliseconds: 0, isRecorded: true };
    }
    // A network of its own has one size, whatever is asked.
    const size = source.kind === 'network' ? 'own' : String(longSide);
    const run = await this.runs.get(`${photo.key}/${this.pool.runKey(source)}/${size}`, () =>
      this.jobs.run(async () => {
        onProgress({ stage: 'encode', fraction: null });
        const start = performance.now();
        const onEncoding: OnEncoding = (fraction, check) =>
          onProgress({ stage: fraction === null ? 'encode' : 'load-model', fraction, ...(check && { check }) });
        const maps = await this.pool.encode(source, photo, longSide, onEncoding, normalisation);
        const features = Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, encoded(map)]));
        return { features, milliseconds: performance.now() - start };
      }),
    );
    // A run may be another caller's too, so cancelling does not stop it.
    throwIfAborted(signal);
    return { map: run.features[this.pool.featureName(source)], milliseconds: run.milliseconds, isRecorded: false };
  }

  forget(photo: Photo): void {
    this.runs.forget(`${photo.key}/`);
  }
}

export const photoMissing = (slot: Slot): CodedError =>
  new CodedError('photo-missing', `Photo ${slot.toUpperCase()} is missing.`, 'Choose it, or a sample pair.');

/** Lets a long computation be stopped, and tells the page how far it is. */
export const computing = ({ signal, onProgress }: CompareCall): Watch => ({
  signal,
  onShare: (fraction) => onProgress({ stage: 'compute', fraction }),
});
