import type { Side } from '../../../../core/geometry.ts';
import { otherSide } from '../../../../core/geometry.ts';
import { IDENTITY3 } from '../../../../core/matrix3.ts';
import { inverseDepth, swappedPose } from '../../../../geometry/inverse-depth.ts';
import type { StagePose } from '../../contract/alignment.ts';
import { aboveThreshold, onStage, readCertainty, readWarp, smoothstep, unitAt } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';
import { onePicture } from '../pane/cpu-painter.ts';
import { heatOverPhoto } from '../pane/heat.ts';

/** The uniform `Depth` of shaders/match/draw-depth.wgsl, which explains the members. */
export interface DepthUniforms {
  row0: readonly number[];
  row1: readonly number[];
  row2: readonly number[];
  translation: readonly [number, number, number];
  focalHere: readonly [number, number];
  focalThere: readonly [number, number];
  far: number;
  near: number;
  residual: number;
  known: number;
}

const BEHIND = 0.1;

/** The uniforms on the grid of a photo; without a pose nothing is known. */
export function depthUniforms(
  pose: StagePose | null | undefined,
  side: Side,
): DepthUniforms & Record<string, number | ArrayLike<number>> {
  if (!pose) {
    const [row0, row1, row2] = [IDENTITY3.slice(0, 3), IDENTITY3.slice(3, 6), IDENTITY3.slice(6, 9)];
    const nothing = { translation: [1, 0, 0], focalHere: [1, 1], focalThere: [1, 1], far: 0, near: 1 } as const;
    return { row0, row1, row2, ...nothing, residual: 1, known: 0 };
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
    far,
    near,
    residual: pose.residual,
    known: 1,
  };
}

/** Depth as a heat map over the photo, where the match is certain enough and the two rays meet. */
export const drawDepth: PanePicture = (scene, x, y) => {
  const {
    row0,
    row1,
    row2,
    translation,
    focalHere,
    focalThere,
    far,
    near,
    residual: limit,
    known,
  } = scene.own as unknown as DepthUniforms;
  const unit = unitAt(scene, x, y);
  const there = readWarp(scene.field, unit).unit;
  const ray = (place: readonly number[], focal: readonly [number, number]) =>
    [(place[0] - 0.5) / focal[0], (place[1] - 0.5) / focal[1]] as const;
  const rotation = [...row0, ...row1, ...row2] as unknown as typeof IDENTITY3;
  const { value, residual } = inverseDepth(ray(unit, focalHere), ray(there, focalThere), { rotation, translation });
  const meets = 1 - smoothstep(limit, 2 * limit, residual);
  const inFront = value >= -BEHIND * near ? 1 : 0;
  const shown = aboveThreshold(scene, readCertainty(scene, unit)) * meets * inFront * known;
  const share = (value - far) / Math.max(near - far, 1e-9);
  return onStage(scene, heatOverPhoto(scene, unit, share, shown), unit);
};

export const depthCpu = onePicture(drawDepth, ({ fit }, { side }) => ({ ...depthUniforms(fit?.pose, side) }));
