import type { Side, Size } from '../../../core/geometry.ts';
import type { ModelSource, Provider, Stage } from '../../../core/match.ts';

export interface BenchmarkRequest {
  model: ModelSource;
  /** Longer side of the encoder's input in pixels; null: the manifest's default. */
  longSide: number | null;
  /** Runs that count. */
  runs: number;
}

/** What the open photos cost to match, once each run, on this machine. */
export interface BenchmarkResult {
  modelName: string;
  provider: Provider;
  inputSize: Record<Side, Size>;
  /** Runs before those that count: shaders are compiled, caches filled. */
  warmUps: number;
  /** Wall milliseconds of every run that counts, by stage in the order of a match. */
  stages: { stage: Stage; milliseconds: number[] }[];
}

export interface BenchmarkApi {
  /**
   * Matches the open photos `runs` times, features and all, one look each, and draws each. The match that is shown comes back
   * after it. Throws `photo-missing` where a photo is, and what a match may throw.
   */
  benchmark(options: BenchmarkRequest): BenchmarkResult;
}
