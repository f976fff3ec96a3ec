import type { LiftCounts } from '../../passes/count/gpu.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { FrameFacts } from '../../contract/api.ts';
import { type CameraPair, intrinsicMatrix, poseMatrix, viewpointAngle } from '../../../../geometry/pinhole.ts';
import type { PlainFrame } from '../drawing/frame.ts';

/** What the page is told of a frame. */
export function frameFacts(size: Size, cameras: CameraPair, counts: LiftCounts, milliseconds: number): FrameFacts {
  const points = size.width * size.height;
  return {
    size,
    milliseconds,
    covered: counts.covered / points,
    visible: counts.visible / points,
    viewpoint: viewpointAngle(cameras.rotation),
    cameras: {
      a: [...intrinsicMatrix(cameras.a)],
      b: [...intrinsicMatrix(cameras.b)],
      pose: poseMatrix(cameras),
    },
  };
}

/** Pixels of a frame in ordinary memory, as the WGSL counts them. */
export function countFrame({ depth, visible }: Pick<PlainFrame, 'depth' | 'visible'>): LiftCounts {
  return { covered: countAbove(depth.b), visible: countAbove(visible.a) };
}

function countAbove(values: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > 0) count++;
  return count;
}
