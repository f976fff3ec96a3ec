import { npyOfFloat32, type NpyArray } from '../../../../formats/arrays/npy.ts';
import { writeNpz } from '../../../../formats/arrays/npz.ts';
import type { PlainFrame } from '../drawing/frame.ts';

/**
 * The truth of a frame as Compare reads it (engine/compare/truth): `warp` [2, h, w] photo → view, normalised, and
 * `visible` [h, w] on the photo's grid; K_a, K_b, pose_ab [3, 4] and depth_a, depth_b [h, w] in scene units; `size_a`
 * and `size_b` as width and height.
 */
export async function truthNpz({ size, warp, visible, depth, facts }: PlainFrame): Promise<Blob> {
  const { width, height } = size;
  const floats = (values: ArrayLike<number>, shape: number[]): NpyArray =>
    npyOfFloat32(Float32Array.from(values), shape);
  const arrays: [string, NpyArray][] = [
    ['warp', floats(warp.a, [2, height, width])],
    ['visible', { dtype: 'uint8', shape: [height, width], bytes: Uint8Array.from(visible.a) }],
    ['K_a', floats(facts.cameras.a, [3, 3])],
    ['K_b', floats(facts.cameras.b, [3, 3])],
    ['pose_ab', floats(facts.cameras.pose, [3, 4])],
    ['depth_a', floats(depth.a, [height, width])],
    ['depth_b', floats(depth.b, [height, width])],
    ['size_a', floats([width, height], [2])],
    ['size_b', floats([width, height], [2])],
  ];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await writeNpz((bytes) => void parts.push(bytes.slice()), arrays);
  return new Blob(parts, { type: 'application/zip' });
}
