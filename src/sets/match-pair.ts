import type { Side } from '../core/geometry.ts';
import { type MatchResult, type MatchTable, type Verdict, NO_RESCUE } from '../core/match.ts';
import type { TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import type { PhotoHandle } from '../matching/backend/backend.ts';
import type { PairMatcher } from '../matching/pair-matcher.ts';
import { judge, type Refined } from '../matching/judged.ts';
import { refine } from '../matching/refine.ts';
import { toSubpixel } from '../matching/search/subpixel.ts';
import { verdictOf } from '../matching/verdict.ts';
import { type PairMatches, pairMatches, ROW } from './pair-matches.ts';
import { fitTwoView } from './two-view.ts';

/** What is kept of a pair: the dense match itself is freed. */
export interface MatchedSetPair {
  matches: PairMatches;
  verdict: Verdict;
  rescue: MatchResult['rescue'];
  /** Photos whose features were there already. */
  cached: Record<Side, boolean>;
  geometry: Omit<TwoViewGeometry, 'inliers'>;
}

export interface SetPairSettings {
  /** Longer side of the network's input; null: the manifest's default. */
  longSide: number | null;
  /** Whether weak matches are looked at again, see matching/refine.ts. */
  rescue: boolean;
  /** Places of a photo's grid that tracks may begin at. */
  places: number;
  /** Further tries begin no later than after so many times the first match; without it all are made. */
  patience?: number;
}

/** A place that comes back further away than this share of its photo's longer side is no candidate: 2 px of 640. */
const CYCLE_SHARE = 2 / 640;
/** Rows that a geometry is fitted to; more only cost time. */
const FITTED_ROWS = 3000;

const NO_GEOMETRY = { config: 'degenerate', fundamental: null, essential: null, homography: null, pose: null } as const;

/** Matches two photos of a set and keeps candidates and geometry. Nothing is kept of photos without a common scene. */
export async function matchSetPair<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  settings: SetPairSettings,
  context: { signal?: AbortSignal; onTry?: (fraction: number) => void } = {},
): Promise<MatchedSetPair> {
  const { backend, matcher } = pair;
  const { verdict: thresholds } = matcher.manifest;
  const plan = { longSide: { a: settings.longSide, b: settings.longSide }, frame: null };
  const start = performance.now();
  const first = await judge(pair, await pair.match(photos, plan, context));
  const budget = settings.patience && settings.patience * (performance.now() - start);
  const held = new Set([first.field]);
  try {
    const found: Refined<Field> = settings.rescue
      ? await refine(pair, photos, settings.longSide, first, { ...context, budget })
      : { ...first, rescue: NO_RESCUE };
    held.add(found.field);
    const refined = await toSubpixel(pair, photos, found);
    held.add(refined.field);
    const { rescue } = refined;
    const verdict = verdictOf(refined.statistics, thresholds, rescue);
    const kept = { verdict, rescue, cached: first.cached };
    if (verdict.kind === 'none') {
      return {
        ...kept,
        geometry: NO_GEOMETRY,
        matches: { count: 0, rows: new Float32Array(), starts: new Uint8Array() },
      };
    }
    const fields = { a: await backend.readField(refined.field, 'a'), b: await backend.readField(refined.field, 'b') };
    const limits = { certainty: thresholds.certainty, cycleShare: CYCLE_SHARE, places: settings.places };
    const matches = pairMatches(fields, limits);
    const sizes = { a: photos.a.size, b: photos.b.size };
    return { ...kept, matches, geometry: await fitTwoView(evenRows(matches), sizes, { signal: context.signal }) };
  } finally {
    for (const field of held) backend.dispose(field);
  }
}

/** Rows spread evenly over all of them. */
function evenRows({ count, rows }: PairMatches): MatchTable {
  if (count <= FITTED_ROWS) return { count, rows };
  const chosen = new Float32Array(ROW * FITTED_ROWS);
  for (let i = 0; i < FITTED_ROWS; i++) {
    const from = ROW * Math.floor((i * count) / FITTED_ROWS);
    chosen.set(rows.subarray(from, from + ROW), ROW * i);
  }
  return { count: FITTED_ROWS, rows: chosen };
}
