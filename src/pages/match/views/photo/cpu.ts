import { luminance, mixRgb, onStage, readHere, unitAt } from '../pane/cpu.ts';
import type { PanePicture } from '../pane/cpu.ts';
import { type CpuPainter, cssColor, onePicture } from '../pane/cpu-painter.ts';

/** The pane's photo, greyer and nearer the stage's background where it is muted. */
export const drawPhoto: PanePicture = (scene, x, y) => {
  const unit = unitAt(scene, x, y);
  const photo = readHere(scene, unit);
  const grey = luminance(photo);
  const quiet = mixRgb(mixRgb(photo, [grey, grey, grey], 0.7), scene.pane.ground, 0.3);
  return onStage(scene, mixRgb(photo, quiet, scene.pane.muted), unit);
};

/** How much of the stage's colour lies over photos behind correspondences. */
const VEIL = 0.35;

/** The photo itself, which a canvas draws best. */
export const photoCpu: CpuPainter = onePicture(drawPhoto, undefined, ({ context, frame, photo, rect, drawImage }) => {
  drawImage(photo.image);
  if (!frame.linesShown) return;
  context.globalAlpha = VEIL;
  context.fillStyle = cssColor(frame.ground);
  context.fillRect(rect.x, rect.y, rect.width, rect.height);
  context.globalAlpha = 1;
});
