import type { TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import type { SetContent, SetPairContent, SetPhoto } from '../formats/sets/set-content.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';
import type { Size } from '../core/geometry.ts';
import { invert3 } from '../core/matrix3.ts';
import { transpose3 } from '../geometry/linear-algebra.ts';
import { agreeing } from './agreement.ts';
import { chooseTracks, KEYPOINTS, keypointsOf } from './keypoints.ts';
import { type PairMatches, ROW } from './pair-matches.ts';
import type { SetPair } from './pairing.ts';
import { straightPairs } from './straight-pairs.ts';
import { buildTracks } from './tracks.ts';

/** A pair that was matched: its candidates and what one scene, seen twice, says of them. */
export interface SetPairResult {
  pair: SetPair;
  matches: PairMatches;
  geometry: Omit<TwoViewGeometry, 'inliers'>;
}

/** The same pair with its photos in the other order. */
export function flipped({ pair, matches, geometry }: SetPairResult): SetPairResult {
  const { count, rows, starts } = matches;
  const turned = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; at += ROW) {
    turned.set([rows[at + 2], rows[at + 3], rows[at], rows[at + 1], rows[at + 4]], at);
  }
  const { fundamental, essential, homography } = geometry;
  return {
    pair: [pair[1], pair[0]],
    matches: { count, rows: turned, starts: starts.map((side) => 1 - side) },
    geometry: {
      ...geometry,
      fundamental: fundamental && transpose3(fundamental),
      essential: essential && transpose3(essential),
      homography: homography && invert3(homography),
      pose: null,
    },
  };
}

/** A match further than this share of the longer side from its pair's geometry is none: COLMAP's 4 px at about 1,300. */
const AGREEMENT_SHARE = 2 / 640;
/** COLMAP's own least number of inliers of a pair. */
const LEAST_MATCHES = 15;

export interface Assembled {
  content: SetContent;
  /** [keypoints] the track of every keypoint, by photo. */
  keypointTracks: Uint32Array[];
  meanLength: number;
}

/** Matched pairs as one set of keypoints a photo, tracks, and matches of the pairs that a geometry explains. */
export function assembleSet(
  photos: readonly Omit<SetPhoto, 'keypoints'>[],
  results: readonly SetPairResult[],
  { model, keypoints = KEYPOINTS.default }: { model: string; keypoints?: number },
): Assembled {
  const sizes = photos.map(({ size }) => size);
  const limitOf = ([i, j]: SetPair) => AGREEMENT_SHARE * Math.max(longSide(sizes[i]), longSide(sizes[j]));
  const agreed = ({ pair: [i, j], geometry }: Pick<SetPairResult, 'pair' | 'geometry'>, places: PointPairs) => {
    const cameras = { a: photos[i].camera ?? null, b: photos[j].camera ?? null };
    return agreeing(geometry, straightPairs(places, cameras), limitOf([i, j]));
  };
  const explained = results.map((result) => ({
    pair: result.pair,
    matches: keptRows(result.matches, agreed(result, rowPlaces(result.matches))),
  }));
  const tracks = chooseTracks(buildTracks(sizes, explained), sizes, keypoints);
  const used = results.filter((_, k) => explained[k].matches.count >= LEAST_MATCHES);
  const found = keypointsOf(
    tracks,
    photos.length,
    used.map(({ pair }) => pair),
  );
  const places = found.photos.map((photo) => photo.places);
  const pairs = found.pairs.map(({ pair, matches }, k): SetPairContent => {
    const inliers = agreed(used[k], keypointPlaces(places, pair, matches));
    return { pair, matches, geometry: { ...used[k].geometry, inliers } };
  });
  return {
    content: {
      model,
      photos: photos.map((photo, i) => ({ ...photo, keypoints: places[i] })),
      pairs: pairs.filter(({ matches }) => matches.length / 2 >= LEAST_MATCHES),
      tracks,
    },
    keypointTracks: found.photos.map((photo) => photo.tracks),
    meanLength: found.meanLength,
  };
}

const longSide = ({ width, height }: Size): number => Math.max(width, height);

function rowPlaces({ count, rows }: PairMatches): PointPairs {
  const column = (offset: number) => Float64Array.from({ length: count }, (_, i) => rows[ROW * i + offset]);
  return { xa: column(0), ya: column(1), xb: column(2), yb: column(3) };
}

function keypointPlaces(places: readonly Float32Array[], [i, j]: SetPair, matches: Uint32Array): PointPairs {
  const column = (photo: number, end: number, axis: number) =>
    Float64Array.from({ length: matches.length / 2 }, (_, k) => places[photo][2 * matches[2 * k + end] + axis]);
  return { xa: column(i, 0, 0), ya: column(i, 0, 1), xb: column(j, 1, 0), yb: column(j, 1, 1) };
}

function keptRows({ rows, starts }: PairMatches, kept: Uint8Array): PairMatches {
  return {
    count: kept.reduce((sum, one) => sum + one, 0),
    rows: rows.filter((_, k) => kept[Math.floor(k / ROW)]),
    starts: starts.filter((_, i) => kept[i]),
  };
}
