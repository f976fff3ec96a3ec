import type { Gpu } from '../../../platform/gpu/device.ts';
import type { MatchField } from '../../../compute/field/gpu.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { shadersReady } from '../../../platform/gpu/shader.ts';
import { fetchManifest, modelFilesAt } from '../../../models/fetch-model.ts';
import { throwIfAborted } from '../../../core/errors.ts';
import type { Side } from '../../../core/geometry.ts';
import type { MatchOptions } from '../contract/protocol.ts';
import {
  NO_RESCUE,
  type KnownChecks,
  type ModelSource,
  type Progress,
  type Provider,
  type Stage,
  type Verdict,
} from '../../../core/match.ts';
import type { Backend, Statistics } from '../../../matching/backend/backend.ts';
import { CpuBackend } from '../../../matching/backend/cpu-backend.ts';
import { FeatureCache } from '../../../matching/feature-cache.ts';
import { GpuBackend } from '../../../matching/backend/gpu-backend.ts';
import { Matcher } from '../../../matching/matcher.ts';
import { createOrtRuntime, prefetchRuntime } from '../../../platform/runtime/ort.ts';
import { type MatchContext, type Matched, PairMatcher } from '../../../matching/pair-matcher.ts';
import type { Photo } from '../../../matching/photos/photo.ts';
import { type Refined, refuseBroken } from '../../../matching/judged.ts';
import { verdictOf } from '../../../matching/verdict.ts';
import type { Runtime, RuntimeTensor } from '../../../platform/runtime/runtime.ts';
import { readBytes } from '../../../platform/gpu/readback.ts';
import {
  type GpuModelCheck,
  loadChecked,
  makeCheck,
  noted,
  planCheck,
} from '../../../matching/reference-check/gpu-model-check.ts';
import { type ShownMatch, shownMatch } from './stage/shown-match.ts';

export interface InferenceContext {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  /** Ends the search with the best match so far. */
  stop: AbortSignal;
  /**
   * Puts a field on screen: the first result before it is judged, with nothing read back, then the refined one if there is one;
   * null takes away what was shown, because it is about to be freed.
   */
  onField: (field: MatchField | null, verdict: Verdict | null) => Promise<void>;
  /** What the field on screen amounts to; better ones may be looked for. */
  onJudged: (verdict: Verdict) => void;
  /** The model is loaded and checked: from here to the picture nothing is read back. */
  onLoaded: () => void;
}

type LoadContext = Pick<InferenceContext, 'signal' | 'onProgress'>;

/**
 * A person waits no longer for tries that may find nothing than this many times the first match, within these bounds in
 * milliseconds; a GPU makes all of them in less.
 */
const RESCUE_BUDGET = { matches: 3, least: 1000, most: 20_000 } as const;

type Timings = Partial<Record<Stage, number>>;

/** One provider's runtime with the matcher that is loaded in it. */
export class Inference {
  private runtime: Promise<Runtime> | null = null;
  private loaded: { source: ModelSource; pair: PairMatcher<Photo, unknown> } | null = null;
  /** Of the loaded model, where it runs on the GPU. */
  private check: GpuModelCheck | null = null;
  private readonly cache = new FeatureCache();
  modelRuns = 0;

  /**
   * `gpu` and `root`: the device that draws, and runs the models too where `provider` is `webgpu`. `known`: what checks of
   * the GPU have said on earlier visits.
   */
  constructor(
    private provider: Provider,
    private readonly gpu: Gpu | null,
    private readonly root: Scope | null,
    readonly known: KnownChecks = {},
  ) {}

  /** The device that models run on; null on WASM. */
  get modelGpu(): Gpu | null {
    return this.provider === 'webgpu' ? this.gpu : null;
  }

  /** Frees the features of a photo that was closed. */
  forget(photo: Photo): void {
    this.cache.forget(`${photo.key}/`);
  }

  /** The matcher, loaded and checked as for a match, for what measures it. */
  async open(
    source: ModelSource,
    context: LoadContext,
  ): Promise<{ pair: PairMatcher<Photo, unknown>; provider: Provider }> {
    const pair = await this.load(source, context, () => {});
    return { pair, provider: this.provider };
  }

  async match(photos: Record<Side, Photo>, options: MatchOptions, context: InferenceContext): Promise<ShownMatch> {
    const timings: Timings = {};
    const onTime = (stage: Stage, milliseconds: number) => {
      timings[stage] = (timings[stage] ?? 0) + milliseconds;
    };
    const pair = await this.load(options.model, context, onTime);
    context.onLoaded();
    const matchContext: MatchContext = {
      signal: context.signal,
      onStage: (stage) => {
        if (stage !== 'preprocess') this.modelRuns++;
        context.onProgress({ stage, fraction: null });
      },
      onTime,
    };
    const plan = { longSide: { a: options.longSide, b: options.longSide }, frame: null };
    const start = performance.now();
    const first = await pair.match(photos, plan, matchContext);
    const { matches, least, most } = RESCUE_BUDGET;
    const budget = Math.min(most, Math.max(least, matches * (performance.now() - start)));
    const refined = await this.refineShown(pair, photos, first, { ...options, budget }, context, onTime);
    const { manifest } = pair.matcher;
    return shownMatch(pair.backend, refined.field, refined.statistics, manifest.verdict, {
      modelId: manifest.id,
      modelName: manifest.name,
      provider: this.provider,
      inputSize: first.inputSize,
      timings,
      cached: first.cached,
      rescue: refined.rescue,
    });
  }

  /** Shows the first result, then looks again where it is weak. Owns `first` until it returns. */
  private async refineShown(
    pair: PairMatcher<Photo, unknown>,
    photos: Record<Side, Photo>,
    first: Matched<unknown>,
    options: MatchOptions & { budget: number },
    context: InferenceContext,
    onTime: (stage: Stage, milliseconds: number) => void,
  ): Promise<Refined<unknown>> {
    const { backend, matcher } = pair;
    try {
      await context.onField(backend.onGpu(first.field), null);
      throwIfAborted(context.signal);
      const { verdict: thresholds } = matcher.manifest;
      const judged = { ...first, statistics: await backend.statistics(first.field, thresholds) };
      this.refuseBroken(judged.statistics, matcher.manifest.name, context);
      const soFar = verdictOf(judged.statistics, thresholds);
      context.onJudged(soFar);
      if (!options.rescue) return { ...judged, rescue: NO_RESCUE };
      const start = performance.now();
      context.onProgress({ stage: 'rescue', fraction: 0, soFar });
      // Who looks at a sample, or wants one look alone, never loads the search.
      const [{ refine }, { toSubpixel }] = await Promise.all([
        import('../../../matching/refine.ts'),
        import('../../../matching/search/subpixel.ts'),
      ]);
      const found = await refine(pair, photos, options.longSide, judged, {
        signal: context.signal,
        stop: context.stop,
        onTry: (fraction, look) => context.onProgress({ stage: 'rescue', fraction, ...(look && { look }) }),
        budget: options.budget,
      });
      const searched = performance.now();
      if (found.tries) onTime('rescue', searched - start);
      const refined = await toSubpixel(pair, photos, found);
      if (refined !== found) {
        await backend.settled();
        onTime('subpixel', performance.now() - searched);
        if (found.field !== first.field) backend.dispose(found.field);
      }
      if (refined.field !== first.field) {
        await context.onField(backend.onGpu(refined.field), verdictOf(refined.statistics, thresholds, refined.rescue));
        backend.dispose(first.field);
      }
      return refined;
    } catch (error) {
      await context.onField(null, null);
      backend.dispose(first.field);
      throw error;
    }
  }

  /** On a GPU a fresh engine tries the same on the CPU. @throws CodedError `match-not-finite`, `gpu-wrong` */
  private refuseBroken(statistics: Statistics, name: string, context: LoadContext): void {
    try {
      refuseBroken(statistics, name);
    } catch (error) {
      if (!this.check) throw error;
      const found = noted(this.check.overflowed(this.known), this.known);
      context.onProgress({ stage: 'load-model', fraction: 1, check: found });
      throw this.check.error(found);
    }
  }

  /** Downloads what the first match with this model needs, into the browser's caches. */
  async prefetch({ manifestUrl }: ModelSource): Promise<void> {
    if (this.runtime) return;
    const manifest = await fetchManifest(manifestUrl);
    const read = modelFilesAt(manifestUrl);
    const files = manifest.passes.flatMap(({ encoder, decoder }) => [encoder, decoder]);
    await Promise.all([prefetchRuntime(this.provider === 'webgpu'), ...files.map((file) => read(file))]);
  }

  private async load(
    source: ModelSource,
    context: LoadContext,
    onTime: (stage: Stage, ms: number) => void,
  ): Promise<PairMatcher<Photo, unknown>> {
    if (this.loaded?.source.manifestUrl === source.manifestUrl) return this.loaded.pair;
    const start = performance.now();
    context.onProgress({ stage: 'load-model', fraction: 0 });
    // The old model goes first: two large ones may not fit side by side.
    const old = this.loaded;
    this.loaded = null;
    if (old) {
      this.cache.forget('');
      await old.pair.matcher.release();
    }
    const manifest = await fetchManifest(source.manifestUrl, context.signal);
    const plan =
      this.provider === 'webgpu'
        ? await planCheck(this.gpu!, manifest, source.manifestUrl, this.known, {
            signal: context.signal,
            onRecord: () => context.onProgress({ stage: 'check-model', fraction: null }),
          })
        : null;
    if (plan?.known?.verdict === 'wrong') {
      context.onProgress({ stage: 'load-model', fraction: 0, check: plan.known });
      // Sessions of both providers in one worker exhaust its memory: one that has run the GPU's has to end first.
      if (this.runtime) throw plan.check.error(plan.known);
      this.provider = 'wasm';
    }
    const runtime = await this.openRuntime();
    const onBytes = (loaded: number, total: number) =>
      context.onProgress({ stage: 'load-model', fraction: loaded / total, bytes: { loaded, total } });
    const load = () => Matcher.load(manifest, runtime, modelFilesAt(source.manifestUrl), onBytes, context.signal);
    const isOnGpu = this.provider === 'webgpu';
    const { matcher, failed } =
      plan && isOnGpu ? await loadChecked(plan, load, this.known) : { matcher: await load(), failed: null };
    if (failed) {
      context.onProgress({ stage: 'load-model', fraction: 1, check: failed });
      throw plan!.check.error(failed);
    }
    if (plan && isOnGpu) {
      try {
        const found = await makeCheck(plan, matcher, this.known, context.signal);
        context.onProgress({ stage: 'load-model', fraction: 1, check: found });
        if (found.verdict === 'wrong') throw plan.check.error(found);
      } catch (error) {
        await matcher.release();
        throw error;
      }
    }
    const backend =
      this.provider === 'webgpu' ? new GpuBackend(this.gpu!, runtime, this.root!) : new CpuBackend(runtime, this.root);
    if (this.gpu) await shadersReady(this.gpu.device);
    const pair = new PairMatcher(matcher, backend as unknown as Backend<Photo, unknown>, this.cache);
    this.loaded = { source, pair };
    this.check = isOnGpu && plan ? plan.check : null;
    onTime('load-model', performance.now() - start);
    return pair;
  }

  /** A copy of a tensor's values: the runtime may reuse its memory once the tensor is disposed of. */
  async readTensor({ dims, data, buffer }: RuntimeTensor): Promise<Float32Array> {
    if (data) return Float32Array.from(data);
    return new Float32Array(await readBytes(this.gpu!.device, buffer!, 4 * dims.reduce((a, b) => a * b, 1)));
  }

  /** The runtime that the models run in, for a network that is no matcher. */
  async openRuntime(): Promise<Runtime> {
    this.runtime ??= createOrtRuntime(this.provider === 'webgpu' ? this.gpu!.device : null);
    try {
      return await this.runtime;
    } catch (error) {
      // A download that failed is tried again at the next match.
      this.runtime = null;
      throw error;
    }
  }
}
