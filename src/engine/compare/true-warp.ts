import type { TrueWarp } from '../../features/recall.ts';
import { bytesSource } from '../../formats/byte-source.ts';
import { npyFloat32 } from '../../formats/npy.ts';
import { openNpz } from '../../formats/npz.ts';
import { CodedError } from '../../shared/errors.ts';

export interface Truth extends TrueWarp {
  /** Degrees between the cameras' orientations; null where the file has no pose. */
  viewpoint: number | null;
}

/**
 * Reads `warp` [2, h, w] and `visible` [h, w], and the angle of the rotation in `pose_ab` [3, 4] or [4, 4] where it is
 * there.
 * @throws CodedError `truth-invalid`, or what reading a npz throws
 */
export async function readTruth(bytes: Uint8Array): Promise<Truth> {
  const npz = await openNpz(bytesSource(bytes));
  const read = async (name: string) => {
    if (!npz.names.includes(name)) throw invalid(`it has no array ${name}`);
    return npz.read(name);
  };
  const [warp, visible] = [await read('warp'), await read('visible')];
  const [planes, height, width] = warp.shape;
  if (warp.shape.length !== 3 || planes !== 2) throw invalid('warp is not [2, height, width]');
  if (visible.shape.length !== 2 || visible.shape[0] !== height || visible.shape[1] !== width) {
    throw invalid('visible has another size than warp');
  }
  const seen = npyFloat32(visible);
  const viewpoint = npz.names.includes('pose_ab') ? rotationAngle(npyFloat32(await npz.read('pose_ab'))) : null;
  return {
    grid: { width, height },
    warp: npyFloat32(warp),
    visible: Uint8Array.from(seen, (v) => (v ? 1 : 0)),
    viewpoint,
  };
}

/** Angle of the rotation in a row-major [R|t], degrees. */
function rotationAngle(pose: Float32Array): number {
  const trace = pose[0] + pose[5] + pose[10];
  return (Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2))) * 180) / Math.PI;
}

const invalid = (why: string) =>
  new CodedError(
    'truth-invalid',
    `The file of the true warp cannot be used: ${why}.`,
    'Use an npz with warp [2, h, w] and visible [h, w].',
  );
