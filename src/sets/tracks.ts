import type { Size } from '../core/geometry.ts';
import { type PairMatches, ROW } from './pair-matches.ts';
import type { SetPair } from './pairing.ts';

/** Places of one photo are the same if they are at most this share of its longer side apart: a pixel of 640. */
export const MERGE_SHARE = 1 / 640;
/** Two tracks are joined only where they are at most so many times that far apart in every photo that both have. */
const AGREE = 2;
/** Steps of distance by which joins are ordered, the nearest first. */
const DISTANCE_STEPS = 16;
/** Places of a photo are told apart to this part of a pixel. */
const SUBPIXEL = 16;
const NONE = -1;

/** Tracks of a set: a point of the scene and where each photo shows it, at most one place a photo. */
export interface Tracks {
  count: number;
  /** [count + 1] where the observations of each track begin. */
  begins: Uint32Array;
  /** [observations] number of the photo, ascending within a track. */
  photos: Uint32Array;
  /** [observations, 2] pixels of the photo. */
  places: Float32Array;
  /** [count] mean certainty of what was merged into it. */
  certainty: Float32Array;
}

/** A matched pair with the rows that its geometry left. */
export interface PairCandidates {
  pair: SetPair;
  matches: PairMatches;
}

/**
 * Candidates of all pairs as tracks. A place of a photo's grid, with where all of its pairs find it, is a track to begin with.
 * Tracks that meet in a photo, to a pixel of 640, are one track where they agree in every photo that both have; each photo
 * then has their mean, weighted by certainty. Where they do not agree (a repeated window, a place of two scales) they stay
 * apart. The nearest are joined first (union-find).
 * @param sizes of the photos
 */
export function buildTracks(sizes: readonly Size[], pairs: readonly PairCandidates[]): Tracks {
  const stars = new Stars(pairs);
  const radii = sizes.map(({ width, height }) => Math.max(width, height) * MERGE_SHARE);
  for (const [one, other] of stars.meetings(radii)) stars.join(one, other, radii);
  return stars.tracks();
}

/** Union-find over tracks; each root has a list of observations, one a photo. */
class Stars {
  private count = 0;
  private readonly parent: Int32Array;
  private readonly first: Int32Array;
  /** Per observation. Sums are weighted. */
  private readonly next: Int32Array;
  private readonly star: Int32Array;
  private readonly photo: Uint32Array;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly weight: Float64Array;
  private readonly merged: Uint32Array;
  private observations = 0;

  constructor(pairs: readonly PairCandidates[]) {
    const rows = pairs.reduce((sum, { matches }) => sum + matches.count, 0);
    this.parent = new Int32Array(rows);
    this.first = new Int32Array(rows).fill(NONE);
    this.next = new Int32Array(2 * rows).fill(NONE);
    this.star = new Int32Array(2 * rows);
    this.photo = new Uint32Array(2 * rows);
    this.x = new Float64Array(2 * rows);
    this.y = new Float64Array(2 * rows);
    this.weight = new Float64Array(2 * rows);
    this.merged = new Uint32Array(2 * rows).fill(1);
    // By photo: the star that begins at a place of its grid.
    const known = new Map<number, Map<number, number>>();
    for (const { pair, matches } of pairs) {
      for (let i = 0; i < matches.count; i++) {
        const at = ROW * i;
        const fromB = matches.starts[i];
        const [own, other] = [at + 2 * fromB, at + 2 - 2 * fromB];
        const [photo, partner] = fromB ? [pair[1], pair[0]] : pair;
        const { rows } = matches;
        const certainty = rows[at + 4];
        const star = this.starAt(known, photo, rows[own], rows[own + 1], certainty);
        if (this.find(star, partner) === NONE) this.observe(star, partner, rows[other], rows[other + 1], certainty);
      }
    }
  }

  /** Pairs of tracks with places of one photo within its radius, the nearest first. */
  meetings(radii: readonly number[]): [number, number][] {
    const byPhoto: number[][] = radii.map(() => []);
    for (let o = 0; o < this.observations; o++) byPhoto[this.photo[o]].push(o);
    const buckets: [number, number][][] = Array.from({ length: DISTANCE_STEPS }, () => []);
    byPhoto.forEach((observed, photo) => {
      const radius = radii[photo];
      const cells = new Map<number, number[]>();
      const cellOf = (value: number) => Math.floor(value / radius);
      for (const o of observed) {
        const [column, row] = [cellOf(this.meanX(o)), cellOf(this.meanY(o))];
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            for (const other of cells.get((row + dy) * 2 ** 20 + column + dx) ?? []) {
              if (this.star[other] === this.star[o]) continue;
              const distance = Math.hypot(this.meanX(o) - this.meanX(other), this.meanY(o) - this.meanY(other));
              const step = Math.floor((distance / radius) * DISTANCE_STEPS);
              if (step < DISTANCE_STEPS) buckets[step].push([this.star[o], this.star[other]]);
            }
          }
        }
        const key = row * 2 ** 20 + column;
        const cell = cells.get(key);
        if (cell) cell.push(o);
        else cells.set(key, [o]);
      }
    });
    return buckets.flat();
  }

  /** Joins two tracks where they agree. */
  join(one: number, other: number, radii: readonly number[]): void {
    const [a, b] = [this.rootOf(one), this.rootOf(other)];
    if (a === b) return;
    for (let o = this.first[b]; o !== NONE; o = this.next[o]) {
      const same = this.find(a, this.photo[o]);
      if (same === NONE) continue;
      const apart = Math.hypot(this.meanX(o) - this.meanX(same), this.meanY(o) - this.meanY(same));
      if (apart > AGREE * radii[this.photo[o]]) return;
    }
    for (let o = this.first[b], next: number; o !== NONE; o = next) {
      next = this.next[o];
      const same = this.find(a, this.photo[o]);
      if (same === NONE) {
        this.next[o] = this.first[a];
        this.first[a] = o;
        continue;
      }
      this.x[same] += this.x[o];
      this.y[same] += this.y[o];
      this.weight[same] += this.weight[o];
      this.merged[same] += this.merged[o];
    }
    this.first[b] = NONE;
    this.parent[b] = a;
  }

  tracks(): Tracks {
    const [begins, photos, places, certainty]: [number[], number[], number[], number[]] = [[0], [], [], []];
    for (let star = 0; star < this.count; star++) {
      const observed: number[] = [];
      for (let o = this.first[star]; o !== NONE; o = this.next[o]) observed.push(o);
      if (observed.length < 2) continue;
      observed.sort((p, q) => this.photo[p] - this.photo[q]);
      let [weight, merged] = [0, 0];
      for (const o of observed) {
        photos.push(this.photo[o]);
        places.push(this.meanX(o), this.meanY(o));
        weight += this.weight[o];
        merged += this.merged[o];
      }
      begins.push(photos.length);
      certainty.push(weight / merged);
    }
    return {
      count: certainty.length,
      begins: Uint32Array.from(begins),
      photos: Uint32Array.from(photos),
      places: Float32Array.from(places),
      certainty: Float32Array.from(certainty),
    };
  }

  private starAt(known: Map<number, Map<number, number>>, photo: number, x: number, y: number, weight: number): number {
    let places = known.get(photo);
    if (!places) known.set(photo, (places = new Map()));
    const key = Math.round(y * SUBPIXEL) * 2 ** 22 + Math.round(x * SUBPIXEL);
    const found = places.get(key);
    if (found !== undefined) return found;
    const star = this.count++;
    this.parent[star] = star;
    places.set(key, star);
    this.observe(star, photo, x, y, weight);
    return star;
  }

  private observe(star: number, photo: number, x: number, y: number, certainty: number): void {
    const o = this.observations++;
    // A place that nothing is sure of still is somewhere.
    const weight = Math.max(certainty, 1e-3);
    this.star[o] = star;
    this.photo[o] = photo;
    this.x[o] = x * weight;
    this.y[o] = y * weight;
    this.weight[o] = weight;
    this.next[o] = this.first[star];
    this.first[star] = o;
  }

  /** The observation of a photo in a root's list. */
  private find(root: number, photo: number): number {
    for (let o = this.first[root]; o !== NONE; o = this.next[o]) if (this.photo[o] === photo) return o;
    return NONE;
  }

  private rootOf(star: number): number {
    let root = star;
    while (this.parent[root] !== root) root = this.parent[root];
    for (let at = star; at !== root; ) [this.parent[at], at] = [root, this.parent[at]];
    return root;
  }

  private meanX(o: number): number {
    return this.x[o] / this.weight[o];
  }

  private meanY(o: number): number {
    return this.y[o] / this.weight[o];
  }
}
