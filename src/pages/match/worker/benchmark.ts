import type { MatchField } from '../../../compute/field/gpu.ts';
import { throwIfAborted } from '../../../core/errors.ts';
import type { Side } from '../../../core/geometry.ts';
import { type Provider, STAGES, type Stage } from '../../../core/match.ts';
import { FeatureCache } from '../../../matching/feature-cache.ts';
import { type Matched, PairMatcher } from '../../../matching/pair-matcher.ts';
import type { Photo } from '../../../matching/photos/photo.ts';
import type { BenchmarkRequest, BenchmarkResult } from '../contract/benchmark.ts';

/** The first run compiles shaders, the second one finds warm caches. */
const WARM_UPS = 2;

export interface BenchmarkContext {
  signal: AbortSignal;
  /** Share of the runs that is done. */
  onRun: (share: number) => void;
  /** Puts a match on screen and waits until it is there; null where nothing is drawn. */
  draw: ((field: MatchField | null) => Promise<void>) | null;
  /** What was on screen before. */
  restore: () => Promise<void>;
}

/** Times a matcher on two photos, stage by stage. Nothing comes from a cache. */
export async function benchmark(
  { matcher, backend }: PairMatcher<Photo, unknown>,
  provider: Provider,
  photos: Record<Side, Photo>,
  { longSide, runs }: BenchmarkRequest,
  { signal, onRun, draw, restore }: BenchmarkContext,
): Promise<BenchmarkResult> {
  const times = new Map<Stage, number[]>();
  // What is on screen must live until the next one is.
  let shown: Matched<unknown> | null = null;
  try {
    for (let run = -WARM_UPS; run < runs; run++) {
      throwIfAborted(signal);
      onRun((run + WARM_UPS) / (runs + WARM_UPS));
      const inRun: Partial<Record<Stage, number>> = {};
      const cache = new FeatureCache();
      const onTime = (stage: Stage, milliseconds: number) => {
        inRun[stage] = (inRun[stage] ?? 0) + milliseconds;
      };
      const plan = { longSide: { a: longSide, b: longSide }, frame: null };
      const match = await new PairMatcher(matcher, backend, cache).match(photos, plan, { signal, onTime });
      cache.forget('');
      if (draw) {
        const start = performance.now();
        await draw(backend.onGpu(match.field));
        onTime('draw', performance.now() - start);
      }
      if (shown) backend.dispose(shown.field);
      shown = match;
      if (run < 0) continue;
      for (const stage of STAGES) {
        const milliseconds = inRun[stage];
        if (milliseconds !== undefined) times.set(stage, [...(times.get(stage) ?? []), milliseconds]);
      }
    }
    onRun(1);
    return {
      modelName: matcher.manifest.name,
      provider,
      inputSize: shown!.inputSize,
      warmUps: WARM_UPS,
      stages: STAGES.filter((stage) => times.has(stage)).map((stage) => ({ stage, milliseconds: times.get(stage)! })),
    };
  } finally {
    await restore();
    if (shown) backend.dispose(shown.field);
  }
}
