import type { Size } from '../../shared/geometry.ts';
import type { FrameFacts } from '../../shared/lift/api.ts';
import { type CameraPair, intrinsicMatrix, poseMatrix, viewpointAngle } from '../../shared/lift/camera.ts';

/** What the page is told of a frame; `counts` of pixels. */
export function frameFacts(
  size: Size,
  cameras: CameraPair,
  counts: { covered: number; visible: number },
  milliseconds: number,
): FrameFacts {
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
