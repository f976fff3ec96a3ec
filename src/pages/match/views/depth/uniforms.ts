import type { Side } from '../../../../core/geometry.ts';
import { otherSide } from '../../../../core/geometry.ts';
import { IDENTITY3 } from '../../../../core/matrix3.ts';
import { swappedPose } from '../../../../geometry/inverse-depth.ts';
import type { StagePose } from '../../contract/alignment.ts';

/** The uniform `Depth` of shaders/match/draw-depth.wgsl, which explains the members. */
export interface DepthUniforms {
  row0: readonly number[];
  row1: readonly number[];
  row2: readonly number[];
  translation: readonly [number, number, number];
  focalHere: readonly [number, number];
  focalThere: readonly [number, number];
  principalHere: readonly [number, number];
  principalThere: readonly [number, number];
  far: number;
  near: number;
  residual: number;
  known: number;
}

/** The uniforms on the grid of a photo; without a pose nothing is known. */
export function depthUniforms(
  pose: StagePose | null | undefined,
  side: Side,
): DepthUniforms & Record<string, number | ArrayLike<number>> {
  if (!pose) {
    const [row0, row1, row2] = [IDENTITY3.slice(0, 3), IDENTITY3.slice(3, 6), IDENTITY3.slice(6, 9)];
    const nothing = { translation: [1, 0, 0], focalHere: [1, 1], focalThere: [1, 1], far: 0, near: 1 } as const;
    const middle = { principalHere: [0.5, 0.5], principalThere: [0.5, 0.5] } as const;
    return { row0, row1, row2, ...nothing, ...middle, residual: 1, known: 0 };
  }
  const { rotation, translation } = side === 'a' ? pose : swappedPose(pose);
  const [far, near] = pose.inverseDepths[side];
  return {
    row0: rotation.slice(0, 3),
    row1: rotation.slice(3, 6),
    row2: rotation.slice(6, 9),
    translation,
    focalHere: pose.focal[side],
    focalThere: pose.focal[otherSide(side)],
    principalHere: pose.principal[side],
    principalThere: pose.principal[otherSide(side)],
    far,
    near,
    residual: pose.residual,
    known: 1,
  };
}
