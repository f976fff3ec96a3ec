import { heatOverPhoto } from '../pane/heat.ts';
import { aboveThreshold, onStage, readCertainty, unitAt } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';

/** Certainty as a heat map over the photo. */
export const drawCertainty: PanePicture = (scene, x, y) => {
  const unit = unitAt(scene, x, y);
  const value = readCertainty(scene, unit);
  return onStage(scene, heatOverPhoto(scene, unit, value, aboveThreshold(scene, value)), unit);
};
