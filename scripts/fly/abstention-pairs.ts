import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import { invert3, type Matrix3, multiply3, project } from '../../src/core/matrix3.ts';
import { rotationOf, type Vector3 } from '../../src/core/rotation.ts';
import { seededRandom } from '../../src/geometry/random.ts';
import { averaged } from '../../src/matching/photos/averaged.ts';
import { FilePhoto } from '../node/photo.ts';
import { sample } from './morph.ts';
import { liftedTriplets, splatTriplets } from './triplets.ts';
import { commonShare, LEAST_COMMON, makesScene } from './true-facts.ts';

export type PairKind = 'unrelated' | 'turn' | 'plane' | 'lifted' | 'splats' | 'real';

export interface JudgedPair {
  name: string;
  kind: PairKind;
  a: Pixels;
  b: Pixels;
  /** Pixels; null: not known, as with most photos that people bring. */
  focal: number | null;
  /** x_b = R x_a + t: t, of any length; null where it is not known. */
  towards: Vector3 | null;
}

const SIDE = 512;
const FOCAL = 0.9 * SIDE;

/** Pairs that make no scene: photos of two places, a photo turned about its camera, and a photo as a board seen from aside. */
export async function* hopelessPairs(photos: readonly string[], each: number): AsyncGenerator<JudgedPair> {
  const open = async (path: string): Promise<Pixels> => {
    const pixels = (await FilePhoto.open(path)).pixels();
    const scale = Math.min(1, SIDE / Math.max(pixels.width, pixels.height));
    return averaged(pixels, { width: Math.round(pixels.width * scale), height: Math.round(pixels.height * scale) });
  };
  for (let k = 0; k < each; k++) {
    const path = photos[k % photos.length];
    const random = seededRandom(7000 + k);
    const signed = (low: number, high: number) => (random() < 0.5 ? -1 : 1) * (low + (high - low) * random());
    const [a, other] = [await open(path), await open(photos[(k + Math.floor(photos.length / 2)) % photos.length])];
    const name = path.replace(/^.*\//, '');
    // Half of the lenses are known.
    const focal = k % 2 ? FOCAL : null;
    yield { name: `${name} unrelated`, kind: 'unrelated', a, b: other, focal, towards: null };
    const turn = rotationOf([signed(0.02, 0.12), signed(0.08, 0.25), signed(0, 0.1)]);
    yield { name: `${name} turn`, kind: 'turn', a, b: warped(a, throughCameras(a, turn)), focal, towards: null };
    const tilt = rotationOf([signed(0, 0.2), signed(0.15, 0.5), 0]);
    const shift: Vector3 = [signed(0.1, 0.3), signed(0, 0.1), signed(0, 0.1)];
    yield { name: `${name} plane`, kind: 'plane', a, b: warped(a, ofBoard(a, tilt, shift)), focal, towards: null };
  }
}

/** Views of Gaussians among the good pairs. */
const OF_GAUSSIANS = 20;

/**
 * So many pairs that make a scene, lenses known of half of them: the real ones of a list whose common points say so, then views of
 * Gaussians, then lifted photos. Of made views it is by their truth that they make one, see `makesScene`.
 */
export async function* hopefulPairs(
  photos: readonly string[],
  scenes: readonly string[],
  list: string,
  count: number,
): AsyncGenerator<JudgedPair> {
  const known = (k: number, focal: number) => (k % 2 ? focal : null);
  const entries = JSON.parse(readFileSync(list, 'utf8')) as {
    name: string;
    a: string;
    b: string;
    K0: number[];
    T: number[];
    points: number[][];
  }[];
  let k = 0;
  for (const { name, a: fileA, b: fileB, K0, T, points } of entries) {
    const pixels = async (file: string) => (await FilePhoto.open(resolve(dirname(list), file))).pixels();
    const [a, b] = [await pixels(fileA), await pixels(fileB)];
    if (commonShare(points, { a, b }) < LEAST_COMMON) continue;
    yield { name, kind: 'real', a, b, focal: known(k++, K0[0]), towards: [T[3], T[7], T[11]] };
  }
  const each = Math.ceil(OF_GAUSSIANS / scenes.length);
  for await (const { name, photos: views, focal, towards } of splatTriplets(scenes, each)) {
    yield {
      name: `${name} half`,
      kind: 'splats',
      a: views.a,
      b: views.m,
      focal: known(k++, focal.a),
      towards: towards!.m,
    };
  }
  // Every third photo first: neighbours by name are often of one place.
  const spread = [0, 1, 2].flatMap((first) => photos.filter((_, i) => i % 3 === first));
  for await (const { name, photos: views, focal, truth, towards } of liftedTriplets(
    spread.map((path) => ({ path, depth: null })),
  )) {
    if (k === count) return;
    if (!makesScene(truth!.b)) continue;
    yield { name, kind: 'lifted', a: views.a, b: views.b, focal: known(k++, focal.a), towards: towards!.b };
  }
}

/** Pixels of B to those of A for a camera that turned by `rotation`. */
function throughCameras({ width, height }: Pixels, rotation: Matrix3): Matrix3 {
  const K: Matrix3 = [FOCAL, 0, width / 2, 0, FOCAL, height / 2, 0, 0, 1];
  return multiply3(K, multiply3(invert3(rotation)!, invert3(K)!));
}

/** Pixels of B to those of A, where both look at one board. */
function ofBoard({ width, height }: Pixels, rotation: Matrix3, shift: Vector3): Matrix3 {
  const K: Matrix3 = [FOCAL, 0, width / 2, 0, FOCAL, height / 2, 0, 0, 1];
  // The board lies at depth 1 across A's axis: x_b = R x + t (n·x), n = (0, 0, 1), turned about the board's middle.
  const moved: Vector3 = [shift[0] - rotation[2], shift[1] - rotation[5], shift[2] + 1 - rotation[8]];
  const plane = rotation.map((value, i) => value + (i % 3 === 2 ? moved[Math.floor(i / 3)] : 0)) as unknown as Matrix3;
  return invert3(multiply3(K, multiply3(plane, invert3(K)!)))!;
}

/** A picture seen through a homography from the new picture's pixels to its own; grey beyond it. */
function warped(from: Pixels, back: Matrix3): Pixels {
  const { width, height } = from;
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const [u, v] = project(back, (i % width) + 0.5, Math.floor(i / width) + 0.5);
    const isIn = u > 0 && v > 0 && u < width && v < height;
    for (let c = 0; c < 3; c++) data[4 * i + c] = isIn ? 255 * sample(from, u / width, v / height, c) : 128;
  }
  return { data, width, height };
}
