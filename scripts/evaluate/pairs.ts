import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CodedError } from '../../src/core/errors.ts';
import type { Side, Size } from '../../src/core/geometry.ts';
import type { Matrix3 } from '../../src/core/matrix3.ts';

interface Named {
  name: string;
  /** Figures are also given per scene: as listed, else the part of the name before the first dash. */
  scene: string;
  /** Which list it is of, where several are measured together. */
  list?: string;
  a: string;
  b: string;
  /** Known cameras: the pose is measured too. */
  cameras: Cameras | null;
  /** Places known in both photos: the field is measured there too. */
  points: KnownPoint[] | null;
  /** What a published list says beyond that. */
  published?: Published;
}

/** What lists of MegaDepth-1500 and ScanNet-1500 tell of a pair. */
export interface Published {
  /** Size of the pictures that K means, where it is not the files' own. */
  cameraSize?: Size;
  /** Sizes that the list itself resizes to, instead of the protocol's. */
  resized?: Record<Side, Size>;
  /** Names of the depth maps; errors at all places that both photos show are measured where the files are there. */
  depths?: Record<Side, string>;
}

/** K in pixels of the files, the first pixel's centre at 0.5; T = [R|t], row-major, takes points of camera A to B. */
export interface Cameras {
  K0: Matrix3;
  K1: Matrix3;
  T: readonly number[];
}

/** The same place in both photos: x and y in A, x and y in B, pixels of the files, the first pixel's centre at 0.5. */
export type KnownPoint = readonly [number, number, number, number];

/**
 * A pair with what is known of it; any may have `points`, rows of [x in A, y in A, x in B, y in B].
 * - `homography`: H takes pixels of A to B, whole-number pixel centres as published;
 * - `warp`: an npz with `warp` [2, h, w] (normalised, align_corners = false) and `visible` [h, w];
 * - `pose`: K0, K1 and T, which the other kinds may have as well;
 * - `none`: related, without a truth; `unrelated`: no common scene.
 */
export type EvaluationPair = Named &
  (
    | { kind: 'homography'; H: Matrix3 }
    | { kind: 'warp'; truth: string }
    | { kind: 'pose'; cameras: Cameras }
    | { kind: 'none' }
    | { kind: 'unrelated' }
  );

/** Reads a list of pairs; file names are relative to it. Matrices may be flat or nested. */
export function readPairs(path: string): EvaluationPair[] {
  const list: unknown = JSON.parse(readText(path));
  if (!Array.isArray(list)) throw broken(`${path} must hold a list of pairs.`);
  return list.map((entry, i) => {
    const { name = `pair-${i}`, scene = String(name).split('-')[0], kind, a, b } = entry;
    if (typeof a !== 'string' || typeof b !== 'string') throw broken(`${path}: pair ${name} has no "a" and "b".`);
    const camerasOf = (): Cameras => {
      const T = [entry.T].flat(3) as number[];
      return {
        K0: flat('K0', 9) as unknown as Matrix3,
        K1: flat('K1', 9) as unknown as Matrix3,
        // The last row of a 4 × 4 says nothing.
        T: T.length === 16 ? T.slice(0, 12) : flat('T', 12),
      };
    };
    const flat = (key: string, length: number): number[] => {
      const values = [entry[key]].flat(3) as number[];
      if (values.length !== length || !values.every(Number.isFinite)) {
        throw broken(`${path}: pair ${name} needs ${key} with ${length} numbers.`);
      }
      return values;
    };
    const pointsOf = (): KnownPoint[] => {
      const rows: unknown = entry.points;
      const isRow = (row: unknown) => Array.isArray(row) && row.length === 4 && row.every(Number.isFinite);
      if (!Array.isArray(rows) || !rows.every(isRow)) {
        throw broken(`${path}: pair ${name} needs points with rows of 4 numbers.`);
      }
      return rows;
    };
    const fileOf = (name: string) => resolve(dirname(path), name);
    const base = {
      name,
      scene,
      a: fileOf(a),
      b: fileOf(b),
      cameras: entry.T === undefined ? null : camerasOf(),
      points: entry.points === undefined ? null : pointsOf(),
    };
    switch (kind) {
      case 'homography':
        return { ...base, kind, H: flat('H', 9) as unknown as Matrix3 };
      case 'warp':
        if (typeof entry.truth !== 'string') throw broken(`${path}: pair ${name} needs "truth", the name of an npz.`);
        return { ...base, kind, truth: fileOf(entry.truth) };
      case 'pose':
        return { ...base, kind, cameras: camerasOf() };
      case 'none':
      case 'unrelated':
        return { ...base, kind };
      default:
        throw broken(`${path}: pair ${name} has the unknown kind "${kind}".`);
    }
  });
}

/** The pairs in a folder that `npm run lift` wrote: photo and view with their exact warp; a photo's views are one scene. */
export function liftedPairs(folder: string): EvaluationPair[] {
  const names = readdirSync(join(folder, 'image2')).filter((file) => file.endsWith('.png'));
  return names.sort().map((file) => {
    const name = file.replace(/\.png$/, '');
    const of = (part: string, ending: string) => resolve(folder, part, `${name}.${ending}`);
    const [a, b, truth] = [of('image1', 'png'), of('image2', 'png'), of('warp', 'npz')];
    return { kind: 'warp', name, scene: name.replace(/_\d+$/, ''), a, b, truth, cameras: null, points: null };
  });
}

export const broken = (message: string) =>
  new CodedError('pairs-malformed', message, 'Its format is described in scripts/evaluate/pairs.ts.');

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CodedError('file-missing', `${path} cannot be read.`, 'Check its name.', { cause });
  }
}
