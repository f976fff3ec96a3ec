import { cameraText } from '../core/camera-model.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { MatchResult, MatchTable, Verdict } from '../core/match.ts';
import type { TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import type { PairFile } from '../formats/sets/pair-file.ts';
import type { PhotoHandle } from '../matching/backend/backend.ts';
import { matchPhotos } from '../matching/match-photos.ts';
import type { PairMatcher } from '../matching/pair-matcher.ts';
import { type PairMatches, pairMatches, ROW } from './pair-matches.ts';
import { NO_CAMERAS, type PairCameras } from './straight-pairs.ts';
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
  context: { signal?: AbortSignal; onTry?: (fraction: number) => void; cameras?: PairCameras } = {},
): Promise<MatchedSetPair> {
  const { signal, onTry, cameras = NO_CAMERAS } = context;
  const run = { ...settings, isSubpixel: true, signal, onTry };
  const { fields, verdict, rescue, cached } = await matchPhotos(pair, photos, run);
  const kept = { verdict, rescue, cached };
  if (verdict.kind === 'none') {
    return {
      ...kept,
      geometry: NO_GEOMETRY,
      matches: { count: 0, rows: new Float32Array(), starts: new Uint8Array() },
    };
  }
  const { certainty } = pair.matcher.manifest.verdict;
  const matches = pairMatches(fields, { certainty, cycleShare: CYCLE_SHARE, places: settings.places });
  const sizes = { a: photos.a.size, b: photos.b.size };
  return { ...kept, matches, geometry: await geometryOf(matches, sizes, cameras, { signal }) };
}

/** What a pair's candidates say of one scene; made anew, without a match, where other cameras are known. */
export const geometryOf = async (
  matches: MatchTable,
  photos: Record<Side, Size>,
  cameras: PairCameras,
  { signal }: { signal?: AbortSignal } = {},
): Promise<MatchedSetPair['geometry']> =>
  matches.count === 0 ? NO_GEOMETRY : fitTwoView(evenRows(matches), photos, cameras, { signal });

const textsOf = ({ a, b }: PairCameras) => [a && cameraText(a), b && cameraText(b)] as const;

/** What a kept pair notes of the cameras that its geometry was fitted with. */
export const fittedWith = (cameras: PairCameras): Pick<PairFile, 'cameras'> =>
  cameras.a || cameras.b ? { cameras: textsOf(cameras) } : {};

/** Whether a kept pair's geometry is by these cameras. */
export const isFittedWith = (pair: Pick<PairFile, 'cameras'>, cameras: PairCameras): boolean =>
  String(pair.cameras ?? textsOf(NO_CAMERAS)) === String(textsOf(cameras));

/** Rows spread evenly over all of them. */
function evenRows({ count, rows }: MatchTable): MatchTable {
  if (count <= FITTED_ROWS) return { count, rows };
  const chosen = new Float32Array(ROW * FITTED_ROWS);
  for (let i = 0; i < FITTED_ROWS; i++) {
    const from = ROW * Math.floor((i * count) / FITTED_ROWS);
    chosen.set(rows.subarray(from, from + ROW), ROW * i);
  }
  return { count: FITTED_ROWS, rows: chosen };
}
