import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bytesSource } from '../../../src/formats/byte-source.ts';
import { itemsOf, numbersOf, readNumpyObjects } from '../../../src/formats/arrays/numpy-objects.ts';
import type { PickleValue } from '../../../src/formats/checkpoints/pickle-values.ts';
import { broken, type EvaluationPair, readText } from '../pairs.ts';
import { fromParts, intrinsicsOf, relative, rigidOf } from './poses.ts';

/**
 * A scene of LoFTR's list (`0015_0.1_0.3.npz`): a dictionary of `image_paths`, `depth_paths`, `intrinsics` (3 × 3, of the
 * undistorted photo), `poses` (world to camera) and `pair_infos`, of which an entry begins with the indices of its two photos.
 * The photos of RoMa and DKM are listed by the same files.
 *
 * @param images the folder that holds `Undistorted_SfM/`
 */
export async function readLoftrScene(path: string, images: string): Promise<EvaluationPair[]> {
  const scene = await readNumpyObjects(bytesSource(readFileSync(path)));
  const column = (name: string): PickleValue[] => {
    const items = itemsOf(scene.get(name));
    if (!items) throw broken(`${path} has no ${name}.`);
    return items;
  };
  const [photos, depths] = [column('image_paths'), itemsOf(scene.get('depth_paths'))];
  const [intrinsics, poses] = [column('intrinsics'), column('poses')];
  const name = basename(path).replace(/\.npz$/, '');
  return column('pair_infos').map((info, i) => {
    const [a, b] = numbersOf(itemsOf(info)?.[0]) ?? [];
    const view = (index: number) => {
      const file = photos[index];
      const K = intrinsicsOf(numbersOf(intrinsics[index]));
      const pose = rigidOf(numbersOf(poses[index]));
      if (typeof file !== 'string' || !K || !pose) throw broken(`${path}: photo ${index} of pair ${i} has no camera.`);
      const depth = depths?.[index];
      return { file: join(images, file), K, pose, depth: typeof depth === 'string' ? findDepth(images, depth) : null };
    };
    const [first, second] = [view(a), view(b)];
    return {
      kind: 'pose',
      name: `${name}-${i}`,
      scene: name,
      a: first.file,
      b: second.file,
      cameras: { K0: first.K, K1: second.K, T: relative(first.pose, second.pose) },
      points: null,
      published: first.depth && second.depth ? { depths: { a: first.depth, b: second.depth } } : {},
    };
  });
}

/** Depth maps are listed below `phoenix/S6/zl548/MegaDepth_v1/`; folders of users begin at any part of that. */
function findDepth(folder: string, listed: string): string | null {
  const parts = listed.split('/');
  for (let from = 0; from < parts.length; from++) {
    const path = join(folder, ...parts.slice(from));
    if (existsSync(path)) return path;
  }
  return null;
}

/** XFeat's `megadepth_1500.json`: `pair_names`, `K0`, `K1`, `T_0to1`, and the sizes that its evaluation resizes to. */
export function readXfeatList(path: string, list: readonly unknown[], images: string): EvaluationPair[] {
  return list.map((entry, i) => {
    const { pair_names, K0, K1, T_0to1, size0_hw, size1_hw, scene_id } = entry as Record<string, unknown>;
    const flat = (value: unknown) => (Array.isArray(value) ? (value.flat(2) as number[]) : null);
    const cameras = { K0: intrinsicsOf(flat(K0)), K1: intrinsicsOf(flat(K1)), T: rigidOf(flat(T_0to1)) };
    const names = flat(pair_names) as unknown as string[] | null;
    if (!cameras.K0 || !cameras.K1 || !cameras.T || names?.length !== 2) {
      throw broken(`${path}: pair ${i} needs pair_names, K0, K1 and T_0to1.`);
    }
    const sizeOf = (value: unknown) => {
      const [height, width] = flat(value) ?? [];
      return width > 0 && height > 0 ? { width, height } : null;
    };
    const [sizeA, sizeB] = [sizeOf(size0_hw), sizeOf(size1_hw)];
    return {
      kind: 'pose',
      name: `${scene_id ?? 'pair'}-${i}`,
      scene: String(scene_id ?? 'all'),
      a: join(images, names[0]),
      b: join(images, names[1]),
      cameras: { K0: cameras.K0, K1: cameras.K1, T: cameras.T },
      points: null,
      published: sizeA && sizeB ? { resized: { a: sizeA, b: sizeB } } : {},
    };
  });
}

/**
 * glue-factory's `pairs_calibrated.txt`, of MegaDepth and of ScanNet: a line has the names of two photos, both K (3 × 3), and
 * the pose from A to B as rotation and translation (9 + 3) or 4 × 4.
 */
export function readCalibratedPairs(path: string, images: string): EvaluationPair[] {
  return linesOf(path).map((line, i) => {
    const [a, b, ...texts] = line.split(/\s+/);
    const numbers = texts.map(Number);
    const K0 = intrinsicsOf(numbers.slice(0, 9));
    const K1 = intrinsicsOf(numbers.slice(9, 18));
    const rest = numbers.slice(18);
    const T = rest.length === 12 ? fromParts(rest.slice(0, 9), rest.slice(9)) : rigidOf(rest);
    if (!K0 || !K1 || !T?.every(Number.isFinite)) {
      throw broken(`${path}: line ${i + 1} needs two names, 18 numbers of cameras and 12 or 16 of the pose.`);
    }
    // A list may lie over the folder that its names begin in.
    return calibrated(`${i}`, sceneOf(a), join(images, a), join(images, b), { K0, K1, T });
  });
}

/**
 * glue-factory's newer layout: `views.txt` (name, rotation, translation, COLMAP's camera model, width, height, parameters) and
 * `pairs.txt` (two names a line) beside `images/` and `depths/`.
 */
export function readPosedViews(folder: string, images: string | null): EvaluationPair[] {
  const views = new Map(linesOf(join(folder, 'views.txt')).map((line) => viewOf(line.split(/\s+/), folder)));
  return linesOf(join(folder, 'pairs.txt')).map((line, i) => {
    const names = line.split(/\s+/);
    const [a, b] = names.map((name) => views.get(name));
    if (names.length !== 2 || !a || !b)
      throw broken(`${folder}/pairs.txt: line ${i + 1} names a view that is not listed.`);
    const files = names.map((name) => join(images ?? join(folder, 'images'), name));
    const depths = names.map((name) => join(folder, 'depths', `${name.split('.')[0]}.h5`));
    const pair = calibrated(`${i}`, sceneOf(names[0]), files[0], files[1], {
      K0: a.K,
      K1: b.K,
      T: relative(a.pose, b.pose),
    });
    return depths.every((depth) => existsSync(depth))
      ? { ...pair, published: { depths: { a: depths[0], b: depths[1] } } }
      : pair;
  });
}

function viewOf([name, ...texts]: string[], folder: string) {
  const pose = fromParts(texts.slice(0, 9).map(Number), texts.slice(9, 12).map(Number));
  const [model, ...numbers] = texts.slice(12);
  const parameters = numbers.slice(2).map(Number);
  const [fx, fy, cx, cy] = model?.startsWith('SIMPLE_')
    ? [parameters[0], parameters[0], parameters[1], parameters[2]]
    : parameters;
  const K = intrinsicsOf([fx, 0, cx, 0, fy, cy, 0, 0, 1]);
  if (!K || !pose.every(Number.isFinite)) throw broken(`${folder}/views.txt: ${name} has no camera.`);
  return [name, { K, pose }] as const;
}

const calibrated = (
  name: string,
  scene: string,
  a: string,
  b: string,
  cameras: NonNullable<EvaluationPair['cameras']>,
): EvaluationPair => ({ kind: 'pose', name: `${scene}-${name}`, scene, a, b, cameras, points: null, published: {} });

/** The part of a path that tells scenes apart: a number of MegaDepth, a name of ScanNet; else the first folder. */
const sceneOf = (file: string): string =>
  file.split('/').find((part) => /^(\d{4}|scene\d{4}_\d\d)$/.test(part)) ?? file.split('/')[0];

const linesOf = (path: string): string[] =>
  readText(path)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
