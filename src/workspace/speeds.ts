import type { MatchResult, Provider } from '../core/match.ts';

const STORAGE_KEY = 'liftmatch-speeds';
/** Runs of a model that its speed is told from, and models that are remembered. */
const MAX_RUNS = 5;
const MAX_MODELS = 64;

/** How long a model takes for a fresh pair on this machine: both encodings and both decodings, one look. */
export interface MeasuredSpeed {
  provider: Provider;
  /** Longer side of the input, pixels. */
  longSide: number;
  /** Milliseconds of the last runs with that provider and size, the newest last. */
  runs: readonly number[];
}

/** By the id of the model's manifest. */
export type MeasuredSpeeds = Readonly<Record<string, MeasuredSpeed>>;

/** Median of the runs, milliseconds. */
export function usualTime({ runs }: MeasuredSpeed): number {
  const sorted = [...runs].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * The speeds after one more match. A match that says nothing of the model's speed leaves them as they were: one that came with
 * its sample, or whose features were there already.
 */
export function withMatch(speeds: MeasuredSpeeds, result: MatchResult): MeasuredSpeeds {
  const { modelId, provider, inputSize, timings, cached, isRecorded } = result;
  const { 'encode-a': a, 'encode-b': b, decode, preprocess = 0 } = timings;
  if (isRecorded || cached.a || cached.b || a === undefined || b === undefined || decode === undefined) return speeds;
  const longSide = Math.max(inputSize.a.width, inputSize.a.height, inputSize.b.width, inputSize.b.height);
  const { [modelId]: before, ...others } = speeds;
  const isSame = before?.provider === provider && before.longSide === longSide;
  const runs = [...(isSame ? before.runs : []), preprocess + a + b + decode].slice(-MAX_RUNS);
  return Object.fromEntries([...Object.entries(others), [modelId, { provider, longSide, runs }]].slice(-MAX_MODELS));
}

/** Matches that were counted. */
const counted = new WeakSet<MatchResult>();

/** The speeds that are kept after these matches, each counted once. `storage` may throw where a browser forbids it. */
export function countMatches(
  before: MeasuredSpeeds,
  results: Iterable<MatchResult>,
  storage: () => Storage | null,
): MeasuredSpeeds {
  let kept: Storage | null = null;
  try {
    kept = storage();
  } catch {
    // See keptSpeeds.
  }
  let speeds: MeasuredSpeeds = { ...keptSpeeds(kept), ...before };
  for (const result of results) {
    if (!counted.has(result)) speeds = withMatch(speeds, result);
    counted.add(result);
  }
  keepSpeeds(kept, speeds);
  return speeds;
}

/** What was kept of earlier visits; nothing where there is no storage or it holds something else. */
export function keptSpeeds(storage: Storage | null): MeasuredSpeeds {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(STORAGE_KEY) ?? '{}');
    return typeof stored === 'object' && stored !== null
      ? Object.fromEntries(Object.entries(stored).filter(isSpeed).slice(-MAX_MODELS))
      : {};
  } catch {
    // Storage is forbidden in some frames, and may hold anything.
    return {};
  }
}

/** Keeps them for the next visit, where that is allowed. */
export function keepSpeeds(storage: Storage | null, speeds: MeasuredSpeeds): void {
  try {
    storage?.setItem(STORAGE_KEY, JSON.stringify(speeds));
  } catch {
    // See keptSpeeds.
  }
}

function isSpeed(entry: [string, unknown]): entry is [string, MeasuredSpeed] {
  const { provider, longSide, runs } = (entry[1] ?? {}) as Partial<MeasuredSpeed>;
  return (
    (provider === 'webgpu' || provider === 'wasm') &&
    Number.isFinite(longSide) &&
    Array.isArray(runs) &&
    runs.length > 0 &&
    runs.every((run) => Number.isFinite(run) && run >= 0)
  );
}
