import { CpuBackend } from '../../src/matching/backend/cpu-backend.ts';
import { FeatureCache } from '../../src/matching/feature-cache.ts';
import { GpuBackend } from '../../src/matching/backend/gpu-backend.ts';
import type { Backend } from '../../src/matching/backend/backend.ts';
import { disposeDecoded, disposeFeatures, Matcher } from '../../src/matching/matcher.ts';
import { openPhoto } from '../../src/matching/photos/open-photo.ts';
import { createOrtRuntime, wasmThreads } from '../../src/platform/runtime/ort.ts';
import { PairMatcher } from '../../src/matching/pair-matcher.ts';
import { Photo } from '../../src/matching/photos/photo.ts';
import { describeAdapter, requestGpu } from '../../src/platform/gpu/device.ts';
import { Scope } from '../../src/platform/gpu/scope.ts';
import { fetchManifest, modelFilesAt } from '../../src/models/fetch-model.ts';
import { inputSize } from '../../src/models/input-size.ts';
import type { Stage } from '../../src/core/match.ts';

export interface BenchOptions {
  provider: 'webgpu' | 'wasm';
  manifestUrl: string;
  photos: { a: string; b: string };
  longSide: number | null;
  rounds: number;
}

export interface BenchReport {
  adapter: string | null;
  threads: number;
  inputSize: string;
  /** Milliseconds of each round: bare session runs, and the product's whole match. */
  bare: number[];
  app: number[];
  stages: Partial<Record<Stage, number[]>>;
}

/**
 * The engine's own classes in this page, measured in turn with the bare `session.run` calls that the same match needs
 * (two encodings, two decodings, inputs ready): their ratio is what the product adds. Rounds alternate, so that a
 * machine that slows down slows both.
 */
export async function bench(options: BenchOptions): Promise<BenchReport> {
  const gpu = navigator.gpu ? await requestGpu(navigator.gpu).catch(() => null) : null;
  if (options.provider === 'webgpu' && !gpu) throw new Error('This browser gives no WebGPU device.');
  const root = gpu && options.provider === 'webgpu' ? new Scope(gpu.device, 'bench') : null;
  const runtime = await createOrtRuntime(root ? gpu!.device : null);
  const manifest = await fetchManifest(options.manifestUrl);
  const matcher = await Matcher.load(manifest, runtime, modelFilesAt(options.manifestUrl));
  const backend = (root ? new GpuBackend(gpu!, runtime, root) : new CpuBackend(runtime)) as unknown as Backend<
    Photo,
    unknown
  >;
  const open = async (url: string) => {
    const opened = await openPhoto(await (await fetch(url)).blob(), url);
    return new Photo(opened, root);
  };
  const photos = { a: await open(options.photos.a), b: await open(options.photos.b) };
  const { input } = manifest.passes[0];
  const size = inputSize(photos.a.size, input, options.longSide);

  const bareRun = async () => {
    const images = [photos.a, photos.b].map((photo) =>
      backend.preprocess(photo, inputSize(photo.size, input, options.longSide), input, null),
    );
    await backend.settled();
    const start = performance.now();
    const [a, b] = [await matcher.encode(0, images[0]), await matcher.encode(0, images[1])];
    const decoded = [await matcher.decode(0, 'a', { a, b }), await matcher.decode(0, 'b', { a, b })];
    await backend.settled();
    const milliseconds = performance.now() - start;
    images.forEach((image) => image.dispose());
    [a, b].forEach(disposeFeatures);
    decoded.forEach(disposeDecoded);
    return milliseconds;
  };
  const stages: BenchReport['stages'] = {};
  const appRun = async (counted: boolean) => {
    const pair = new PairMatcher(matcher, backend, new FeatureCache());
    const plan = { longSide: { a: options.longSide, b: options.longSide }, frame: null };
    const times: Partial<Record<Stage, number>> = {};
    const start = performance.now();
    const { field } = await pair.match(photos, plan, {
      onTime: (stage, ms) => (times[stage] = (times[stage] ?? 0) + ms),
    });
    await backend.settled();
    const milliseconds = performance.now() - start;
    backend.dispose(field);
    if (counted) for (const [stage, ms] of Object.entries(times)) (stages[stage as Stage] ??= []).push(ms);
    return milliseconds;
  };

  // Once each, uncounted: kernels are compiled and memory grows on the first run.
  await bareRun();
  await appRun(false);
  const report: BenchReport = {
    adapter: gpu && describeAdapter(gpu.info),
    threads: wasmThreads(),
    inputSize: `${size.width}×${size.height}`,
    bare: [],
    app: [],
    stages,
  };
  for (let round = 0; round < options.rounds; round++) {
    report.bare.push(await bareRun());
    report.app.push(await appRun(true));
  }
  return report;
}
