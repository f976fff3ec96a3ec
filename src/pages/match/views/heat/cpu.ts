import { colorMapAt, COLOR_MAPS } from '../../../../core/color-maps.ts';
import { aboveThreshold, luminance, mixRgb, onStage, readCertainty, readCycle, readHere, unitAt } from '../pane/cpu.ts';
import type { PanePicture, PaneScene, Rgb, Vec2 } from '../pane/cpu.ts';

/** Certainty as a heat map over the photo. */
export const drawCertainty: PanePicture = (scene, x, y) => {
  const unit = unitAt(scene, x, y);
  const value = readCertainty(scene, unit);
  return onStage(scene, heatOverPhoto(scene, unit, value, aboveThreshold(scene, value)), unit);
};

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

function heatOverPhoto(scene: PaneScene, unit: Vec2, value: number, shown: number): Rgb {
  const { pane } = scene;
  const photo = readHere(scene, unit);
  const light = luminance(photo);
  const grey: Rgb = [light, light, light];
  const dimmed = mixRgb(mixRgb(photo, grey, 0.6), pane.ground, 0.5);
  const [r, g, b] = colorMapAt(COLOR_MAPS[pane.colorMap], value);
  return mixRgb(dimmed, mixRgb(grey, [r / 255, g / 255, b / 255], pane.opacity), shown);
}
