import { flowColor } from '../../../../core/colors/flow-wheel.ts';
import { aboveThreshold, mixRgb, onStage, readCertainty, readWarp, unitAt, unknownColor } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';

/** Displacement in the Middlebury colour wheel, hatched where uncertain. */
export const drawFlow: PanePicture = (scene, x, y) => {
  const { pane } = scene;
  const unit = unitAt(scene, x, y);
  const [landX, landY] = readWarp(scene.field, unit).unit;
  const fullScale = Math.max(pane.flowScale * Math.max(...pane.photo), 1e-6);
  const color = flowColor(
    ((landX - unit[0]) * pane.photo[0]) / fullScale,
    ((landY - unit[1]) * pane.photo[1]) / fullScale,
  );
  return onStage(
    scene,
    mixRgb(unknownColor(scene, x, y), color, aboveThreshold(scene, readCertainty(scene, unit))),
    unit,
  );
};
