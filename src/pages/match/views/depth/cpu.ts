import type { IDENTITY3 } from '../../../../core/matrix3.ts';
import { inverseDepth } from '../../../../geometry/inverse-depth.ts';
import { aboveThreshold, onStage, readCertainty, readWarp, smoothstep, unitAt } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';
import { onePicture } from '../pane/cpu-painter.ts';
import { heatOverPhoto } from '../pane/heat.ts';
import { depthUniforms, type DepthUniforms } from './uniforms.ts';

const BEHIND = 0.1;

/** Depth as a heat map over the photo, where the match is certain enough and the two rays meet. */
export const drawDepth: PanePicture = (scene, x, y) => {
  const {
    row0,
    row1,
    row2,
    translation,
    focalHere,
    focalThere,
    principalHere,
    principalThere,
    far,
    near,
    residual: limit,
    known,
  } = scene.own as unknown as DepthUniforms;
  const unit = unitAt(scene, x, y);
  const there = readWarp(scene.field, unit).unit;
  type Pair = readonly [number, number];
  const ray = (place: readonly number[], focal: Pair, middle: Pair) =>
    [(place[0] - middle[0]) / focal[0], (place[1] - middle[1]) / focal[1]] as const;
  const rotation = [...row0, ...row1, ...row2] as unknown as typeof IDENTITY3;
  const { value, residual } = inverseDepth(
    ray(unit, focalHere, principalHere),
    ray(there, focalThere, principalThere),
    { rotation, translation },
  );
  const meets = 1 - smoothstep(limit, 2 * limit, residual);
  const inFront = value >= -BEHIND * near ? 1 : 0;
  const shown = aboveThreshold(scene, readCertainty(scene, unit)) * meets * inFront * known;
  const share = (value - far) / Math.max(near - far, 1e-9);
  return onStage(scene, heatOverPhoto(scene, unit, share, shown), unit);
};

export const depthCpu = onePicture(drawDepth, ({ fit }, { side }) => ({ ...depthUniforms(fit?.pose, side) }));
