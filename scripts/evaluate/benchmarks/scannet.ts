import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesSource } from '../../../src/formats/byte-source.ts';
import { NumpyArray, numbersOf, readNumpyObjects } from '../../../src/formats/arrays/numpy-objects.ts';
import type { PickleValue } from '../../../src/formats/checkpoints/pickle-values.ts';
import type { Matrix3 } from '../../../src/core/matrix3.ts';
import { broken, type EvaluationPair, readText } from '../pairs.ts';
import { intrinsicsOf, inverted, relative, type Rigid, rigidOf } from './poses.ts';

/** LoFTR's intrinsics are those of the depth camera, whose pictures have this size. */
const DEPTH_SIZE = { width: 640, height: 480 };

/**
 * ScanNet-1500 as LoFTR, XFeat and RoMa list it: `test.npz` with `name` [n, 4] (scene, sub-scene, two frames) and `rel_pose`
 * [n, 12]. Cameras come from `intrinsics.npz` beside it (LoFTR; pixels of 640 × 480) or each scene's
 * `intrinsic/intrinsic_color.txt` (XFeat, RoMa; pixels of the files); poses from `pose/FRAME.txt` (camera to world) where they
 * are there, as LoFTR and XFeat take them, else from `rel_pose`.
 *
 * @param images the folder of the scenes, or one that holds it as `scans_test/` or `scannet_test_1500/`
 */
export async function readScannetList(
  path: string,
  list: ReadonlyMap<string, PickleValue>,
  images: string,
): Promise<EvaluationPair[]> {
  const [names, poses] = [list.get('name'), list.get('rel_pose')];
  const rows = numbersOf(names);
  if (!(names instanceof NumpyArray) || names.shape.length !== 2 || names.shape[1] !== 4 || !rows) {
    throw broken(`${path} has no "name" [pairs, 4].`);
  }
  const known = numbersOf(poses);
  const beside = join(dirname(path), 'intrinsics.npz');
  const intrinsics = existsSync(beside) ? await readNumpyObjects(bytesSource(readFileSync(beside))) : null;
  return Array.from({ length: names.shape[0] }, (_, i) => {
    const [number, part, first, second] = rows.subarray(4 * i, 4 * i + 4);
    const scene = `scene${String(number).padStart(4, '0')}_${String(part).padStart(2, '0')}`;
    const folder = sceneFolder(images, scene);
    const own = join(folder, 'intrinsic', 'intrinsic_color.txt');
    const listed = intrinsicsOf(numbersOf(intrinsics?.get(scene)));
    const K = listed ?? (existsSync(own) ? intrinsicsOf(matrixFile(own)) : null);
    const T = poseOf(folder, first, second) ?? rigidOf(known?.subarray(12 * i, 12 * i + 12) ?? null);
    if (!K) throw broken(`${path}: ${scene} has no camera, neither in intrinsics.npz nor in ${own}.`);
    if (!T) throw broken(`${path}: pair ${i} of ${scene} has no pose.`);
    const depths = { a: join(folder, 'depth', `${first}.png`), b: join(folder, 'depth', `${second}.png`) };
    return {
      kind: 'pose',
      name: `${scene}-${first}-${second}`,
      scene,
      a: join(folder, 'color', `${first}.jpg`),
      b: join(folder, 'color', `${second}.jpg`),
      cameras: { K0: K as Matrix3, K1: K as Matrix3, T },
      points: null,
      published: {
        ...(listed && { cameraSize: DEPTH_SIZE }),
        ...(existsSync(depths.a) && existsSync(depths.b) && { depths }),
      },
    };
  });
}

function sceneFolder(images: string, scene: string): string {
  const folders = ['', 'scans_test', 'scannet_test_1500', 'test'].map((part) => join(images, part, scene));
  return folders.find((folder) => existsSync(folder)) ?? folders[0];
}

function poseOf(folder: string, first: number, second: number): Rigid | null {
  const files = [first, second].map((frame) => join(folder, 'pose', `${frame}.txt`));
  if (!files.every((file) => existsSync(file))) return null;
  const [a, b] = files.map((file) => rigidOf(matrixFile(file)));
  if (!a || !b) throw broken(`${files.join(' or ')} holds no 4 × 4 matrix.`);
  return relative(inverted(a), inverted(b));
}

const matrixFile = (path: string): number[] => readText(path).trim().split(/\s+/).map(Number);
