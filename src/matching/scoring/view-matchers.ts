import type { Gpu } from '../../platform/gpu/device.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { shadersReady } from '../../platform/gpu/shader.ts';
import { fetchManifest, modelFilesAt } from '../../models/fetch-model.ts';
import type { ModelSource, Provider } from '../../core/match.ts';
import type { Backend } from '../backend/backend.ts';
import { CpuBackend, type CpuPhoto } from '../backend/cpu-backend.ts';
import { FeatureCache } from '../feature-cache.ts';
import { GpuBackend, type GpuPhoto } from '../backend/gpu-backend.ts';
import { Matcher } from '../matcher.ts';
import { PairMatcher } from '../pair-matcher.ts';
import type { LazyRuntime } from '../../platform/runtime/lazy-runtime.ts';

/** A view as either backend takes it: its pixels, its texture, or both. */
export type ViewPhoto = CpuPhoto & GpuPhoto;
export type ViewMatcher = PairMatcher<ViewPhoto, unknown>;

/** The matcher that is loaded, with the features that it made. */
export class ViewMatchers {
  private loaded: { manifestUrl: string; pair: ViewMatcher } | null = null;
  private readonly cache = new FeatureCache();

  /** `root`: the device that renders, on which fields are measured; models run there too where `gpu` is given. */
  constructor(
    private readonly runtime: LazyRuntime,
    private readonly root: Scope | null,
    private readonly gpu: Gpu | null,
  ) {}

  /** Where models run. */
  get provider(): Provider {
    return this.gpu ? 'webgpu' : 'wasm';
  }

  /** Loads a model in place of the last one, unless it is the last one. `onLoaded` gets 0…1 of its bytes. */
  async load(source: ModelSource, onLoaded: (fraction: number) => void, signal?: AbortSignal): Promise<ViewMatcher> {
    if (this.loaded?.manifestUrl === source.manifestUrl) return this.loaded.pair;
    onLoaded(0);
    await this.release();
    const runtime = await this.runtime.open();
    const manifest = await fetchManifest(source.manifestUrl, signal);
    const onBytes = (loaded: number, total: number) => onLoaded(loaded / total);
    const files = modelFilesAt(source.manifestUrl);
    const matcher = await Matcher.load(manifest, runtime, files, onBytes, signal);
    const { gpu, root } = this;
    const backend = gpu && root ? new GpuBackend(gpu, runtime, root) : new YieldingBackend(runtime, root);
    if (gpu) await shadersReady(gpu.device);
    const pair = new PairMatcher(matcher, backend as unknown as Backend<ViewPhoto, unknown>, this.cache);
    this.loaded = { manifestUrl: source.manifestUrl, pair };
    return pair;
  }

  /** Frees the features of a view. */
  forget(key: string): void {
    this.cache.forget(`${key}/`);
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
