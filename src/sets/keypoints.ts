import type { Size } from '../core/geometry.ts';
import type { SetPair } from './pairing.ts';
import type { Tracks } from './tracks.ts';

/** Keypoints of a photo unless somebody says otherwise. */
export const KEYPOINTS = { default: 4000, min: 500, max: 20_000, step: 500 } as const;

/** One set of keypoints a photo, and which of them show the same point. */
export interface SetKeypoints {
  /** Per photo [n, 2] pixels, and [n] the track of each. */
  photos: { places: Float32Array<ArrayBuffer>; tracks: Uint32Array<ArrayBuffer> }[];
  /** Per matched pair [n, 2] numbers of keypoints. */
  pairs: { pair: SetPair; matches: Uint32Array<ArrayBuffer> }[];
  /** Photos of a track, in the mean. */
  meanLength: number;
}

/**
 * Tracks that every photo has about `wanted` of, spread evenly: the longest first, then the surest; one is taken where at least
 * half of the photos that it is in still have room for it.
 */
export function chooseTracks(tracks: Tracks, sizes: readonly Size[], wanted: number): Tracks {
  const cells = sizes.map(({ width, height }) => Math.sqrt((width * height) / wanted));
  const taken = sizes.map(() => new Set<number>());
  const cellAt = (o: number) => {
    const cell = cells[tracks.photos[o]];
    return Math.floor(tracks.places[2 * o + 1] / cell) * 2 ** 20 + Math.floor(tracks.places[2 * o] / cell);
  };
  const length = (track: number) => tracks.begins[track + 1] - tracks.begins[track];
  const order = Array.from({ length: tracks.count }, (_, track) => track).sort(
    (p, q) => length(q) - length(p) || tracks.certainty[q] - tracks.certainty[p] || p - q,
  );
  const chosen: number[] = [];
  for (const track of order) {
    let free = 0;
    for (let o = tracks.begins[track]; o < tracks.begins[track + 1]; o++) {
      if (!taken[tracks.photos[o]].has(cellAt(o))) free++;
    }
    if (2 * free < length(track)) continue;
    chosen.push(track);
    for (let o = tracks.begins[track]; o < tracks.begins[track + 1]; o++) taken[tracks.photos[o]].add(cellAt(o));
  }
  return pick(tracks, chosen);
}

function pick(tracks: Tracks, chosen: readonly number[]): Tracks {
  const total = chosen.reduce((sum, track) => sum + tracks.begins[track + 1] - tracks.begins[track], 0);
  const picked: Tracks = {
    count: chosen.length,
    begins: new Uint32Array(chosen.length + 1),
    photos: new Uint32Array(total),
    places: new Float32Array(2 * total),
    certainty: Float32Array.from(chosen, (track) => tracks.certainty[track]),
  };
  let at = 0;
  chosen.forEach((track, i) => {
    const [begin, end] = [tracks.begins[track], tracks.begins[track + 1]];
    picked.photos.set(tracks.photos.subarray(begin, end), at);
    picked.places.set(tracks.places.subarray(2 * begin, 2 * end), 2 * at);
    at += end - begin;
    picked.begins[i + 1] = at;
  });
  return picked;
}

/** Tracks as keypoints of each photo, and as matches of the pairs that were matched. */
export function keypointsOf(tracks: Tracks, photoCount: number, pairs: readonly SetPair[]): SetKeypoints {
  const places: number[][] = Array.from({ length: photoCount }, () => []);
  const owners: number[][] = Array.from({ length: photoCount }, () => []);
  const matches = new Map<number, number[]>(pairs.map(([i, j]) => [i * photoCount + j, []]));
  for (let track = 0; track < tracks.count; track++) {
    const [begin, end] = [tracks.begins[track], tracks.begins[track + 1]];
    const own: [photo: number, keypoint: number][] = [];
    for (let o = begin; o < end; o++) {
      const photo = tracks.photos[o];
      const keypoint = owners[photo].push(track) - 1;
      places[photo].push(tracks.places[2 * o], tracks.places[2 * o + 1]);
      for (const [before, other] of own) matches.get(before * photoCount + photo)?.push(other, keypoint);
      own.push([photo, keypoint]);
    }
  }
  return {
    photos: places.map((list, i) => ({ places: Float32Array.from(list), tracks: Uint32Array.from(owners[i]) })),
    pairs: pairs.map((pair) => ({ pair, matches: Uint32Array.from(matches.get(pair[0] * photoCount + pair[1])!) })),
    meanLength: tracks.count ? tracks.photos.length / tracks.count : 0,
  };
}
