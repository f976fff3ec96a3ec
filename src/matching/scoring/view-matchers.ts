import type { Gpu } from '../../platform/gpu/device.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { shadersReady } from '../../platform/gpu/shader.ts';
import { fetchManifest, modelFilesAt } from '../../models/fetch-model.ts';
import type { MatcherManifest } from '../../models/manifest.ts';
import type { GpuCheck, KnownChecks, ModelSource, Provider } from '../../core/match.ts';
import type { Backend } from '../backend/backend.ts';
import { CpuBackend, type CpuPhoto } from '../backend/cpu-backend.ts';
import { FeatureCache } from '../feature-cache.ts';
import { GpuBackend, type GpuPhoto } from '../backend/gpu-backend.ts';
import { Matcher } from '../matcher.ts';
import { PairMatcher } from '../pair-matcher.ts';
import { CodedError } from '../../core/errors.ts';
import { NOT_FINITE } from '../judged.ts';
import { GpuModelCheck, loadChecked, makeCheck, noted, planCheck } from '../reference-check/gpu-model-check.ts';
import { LazyRuntime } from '../../platform/runtime/lazy-runtime.ts';

/** A view as either backend takes it: its pixels, its texture, or both. */
export type ViewPhoto = CpuPhoto & GpuPhoto;
export type ViewMatcher = PairMatcher<ViewPhoto, unknown>;

export interface LoadListener {
  signal?: AbortSignal;
  /** Hears 0…1 of the model's bytes. */
  onLoaded: (fraction: number) => void;
  /** Hears whether the GPU computes the model rightly; of a wrong one WASM takes over. */
  onCheck: (check: GpuCheck) => void;
}

interface Loaded {
  manifestUrl: string;
  /** Where it runs on the GPU. */
  check: GpuModelCheck | null;
  pair: ViewMatcher;
  provider: Provider;
}

/** The matcher that is loaded, with the features that it made. */
export class ViewMatchers {
  private loaded: Loaded | null = null;
  private readonly cache = new FeatureCache();
  /** For models that the GPU computes wrongly. */
  private readonly wasm: LazyRuntime;

  /**
   * `root`: the device that renders, on which fields are measured; models run there too where `gpu` is given. `known`: what checks of
   * the GPU have said before; those of this life are added.
   */
  constructor(
    private readonly runtime: LazyRuntime,
    private readonly root: Scope | null,
    private readonly gpu: Gpu | null,
    private readonly known: KnownChecks = {},
    wasm = new LazyRuntime(null),
  ) {
    this.wasm = wasm;
  }

  /** Where the loaded model runs; before any is, where it is to. */
  get provider(): Provider {
    return this.loaded?.provider ?? (this.gpu ? 'webgpu' : 'wasm');
  }

  /**
   * Loads a model in place of the last one, unless it is the last one. On first use on this GPU its outputs are compared with the
   * stored reference; where they differ it runs on WASM.
   */
  async load(source: ModelSource, listener: LoadListener): Promise<ViewMatcher> {
    if (this.loaded?.manifestUrl === source.manifestUrl) return this.loaded.pair;
    listener.onLoaded(0);
    await this.release();
    const manifest = await fetchManifest(source.manifestUrl, listener.signal);
    const { gpu, root } = this;
    const checked = gpu ? await this.checked(gpu, manifest, source, listener) : null;
    const runtime = await (gpu && !checked ? this.wasm : this.runtime).open();
    const matcher = checked ?? (await this.matcher(runtime, manifest, source, listener));
    const backend = checked && root ? new GpuBackend(gpu!, runtime, root) : new YieldingBackend(runtime, root);
    if (gpu) await shadersReady(gpu.device);
    const pair = new PairMatcher(matcher, backend as unknown as Backend<ViewPhoto, unknown>, this.cache);
    const provider = gpu && checked ? 'webgpu' : 'wasm';
    const check = gpu && checked ? new GpuModelCheck(gpu, manifest) : null;
    this.loaded = { manifestUrl: source.manifestUrl, check, pair, provider };
    return pair;
  }

  /**
   * Does something with a model; where its match on the GPU holds no numbers (half precision overflows with some photos), WASM takes
   * over and it is done again.
   */
  async use<T>(source: ModelSource, listener: LoadListener, task: (pair: ViewMatcher) => Promise<T>): Promise<T> {
    const pair = await this.load(source, listener);
    try {
      return await task(pair);
    } catch (thrown) {
      const check = this.loaded?.check;
      if (!(thrown instanceof CodedError) || thrown.code !== NOT_FINITE || !check) throw thrown;
      listener.onCheck(noted(check.overflowed(this.known), this.known));
      await this.release();
      return task(await this.load(source, listener));
    }
  }

  /** Frees the features of a view. */
  forget(key: string): void {
    this.cache.forget(`${key}/`);
  }

  /** The model on the GPU, once it is known to be right there; null where it is wrong. */
  private async checked(
    gpu: Gpu,
    manifest: MatcherManifest,
    source: ModelSource,
    listener: LoadListener,
  ): Promise<Matcher | null> {
    const { signal, onLoaded, onCheck } = listener;
    const plan = await planCheck(gpu, manifest, source.manifestUrl, this.known, {
      signal,
      onRecord: () => onLoaded(0),
    });
    if (plan.known?.verdict === 'wrong') {
      onCheck(plan.known);
      return null;
    }
    const runtime = await this.runtime.open();
    const load = () => this.matcher(runtime, manifest, source, listener);
    const { matcher, failed } = await loadChecked(plan, load, this.known);
    if (failed) {
      onCheck(failed);
      return null;
    }
    try {
      const found = await makeCheck(plan, matcher, this.known, signal);
      onCheck(found);
      if (found.verdict !== 'wrong') return matcher;
    } catch (error) {
      await matcher.release();
      throw error;
    }
    // The GPU's session goes first: the model may be large.
    await matcher.release();
    return null;
  }

  private async matcher(
    runtime: Awaited<ReturnType<LazyRuntime['open']>>,
    manifest: MatcherManifest,
    { manifestUrl }: ModelSource,
    { signal, onLoaded }: LoadListener,
  ): Promise<Matcher> {
    const onBytes = (loaded: number, total: number) => onLoaded(loaded / total);
    return Matcher.load(manifest, runtime, modelFilesAt(manifestUrl), onBytes, signal);
  }

  private async release(): Promise<void> {
    const old = this.loaded;
    this.loaded = null;
    // The old model goes first: two large ones may not fit side by side.
    this.cache.forget('');
    await old?.pair.matcher.release();
  }
}

/** Lets messages in between the stages of a match: WASM blocks the worker while a network runs. */
class YieldingBackend extends CpuBackend {
  override settled(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve));
  }
}
