import { isKnown, mixRgb, onStage, readCertainty, readThere, readWarp, unitAt } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';

/** The pane's photo rebuilt from the other one's pixels, weighted by certainty. */
export const drawWarp: PanePicture = (scene, x, y) => {
  const unit = unitAt(scene, x, y);
  const landing = readWarp(scene.field, unit);
  const value = readCertainty(scene, unit);
  return onStage(
    scene,
    mixRgb(scene.pane.empty, readThere(scene, landing), value * isKnown(scene, value, landing)),
    unit,
  );
};
