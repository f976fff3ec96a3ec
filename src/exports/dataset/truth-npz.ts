import { encodeNpz, npyFloats, type DatasetPair } from './pair-files.ts';

/**
 * A pair's truth as Compare reads it (docs/compare.md): `warp` [2, h, w] a → b, normalised, and `visible` [h, w] on a's
 * grid; K_a, K_b, pose_ab [3, 4] and depth_a, depth_b [h, w] in scene units; `size_a` and `size_b` as width and height.
 */
export async function truthNpz({
  size: { width, height },
  warp,
  visible,
  depth,
  cameras,
}: Omit<DatasetPair, 'colour'>): Promise<Blob> {
  const bytes = await encodeNpz([
    ['warp', npyFloats(warp.a, [2, height, width])],
    ['visible', { dtype: 'uint8', shape: [height, width], bytes: Uint8Array.from(visible.a) }],
    ['K_a', npyFloats(cameras.a, [3, 3])],
    ['K_b', npyFloats(cameras.b, [3, 3])],
    ['pose_ab', npyFloats(cameras.pose, [3, 4])],
    ['depth_a', npyFloats(depth.a, [height, width])],
    ['depth_b', npyFloats(depth.b, [height, width])],
    ['size_a', npyFloats([width, height], [2])],
    ['size_b', npyFloats([width, height], [2])],
  ]);
  return new Blob([bytes], { type: 'application/zip' });
}
