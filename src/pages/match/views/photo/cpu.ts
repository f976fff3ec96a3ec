import { luminance, mixRgb, onStage, readHere, unitAt } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';

/** The pane's photo, greyer and nearer the stage's background where it is muted. */
export const drawPhoto: PanePicture = (scene, x, y) => {
  const unit = unitAt(scene, x, y);
  const photo = readHere(scene, unit);
  const grey = luminance(photo);
  const quiet = mixRgb(mixRgb(photo, [grey, grey, grey], 0.7), scene.pane.ground, 0.3);
  return onStage(scene, mixRgb(photo, quiet, scene.pane.muted), unit);
};
