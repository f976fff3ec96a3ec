import { heatOverPhoto } from '../pane/heat.ts';
import { aboveThreshold, onStage, readCertainty, readCycle, unitAt } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';

/** Cycle error as a heat map where the match is certain enough. */
export const drawCycle: PanePicture = (scene, x, y) => {
  const unit = unitAt(scene, x, y);
  const fullScale = scene.pane.cycleScale * Math.max(...scene.pane.photo);
  const shown = aboveThreshold(scene, readCertainty(scene, unit));
  return onStage(
    scene,
    heatOverPhoto(scene, unit, readCycle(scene.field, unit) / Math.max(fullScale, 1e-6), shown),
    unit,
  );
};
