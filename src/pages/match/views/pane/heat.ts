import { colorMapAt, COLOR_MAPS } from '../../../../core/colors/color-maps.ts';
import { luminance, mixRgb, readHere } from './cpu.ts';
import type { PaneScene, Rgb, Vec2 } from './cpu.ts';

/** A heat map over the pane's photo, as shaders/common/heat.wgsl has it: `value` 0…1, `shown` where it is drawn. */
export function heatOverPhoto(scene: PaneScene, unit: Vec2, value: number, shown: number): Rgb {
  const { pane } = scene;
  const photo = readHere(scene, unit);
  const light = luminance(photo);
  const grey: Rgb = [light, light, light];
  const dimmed = mixRgb(mixRgb(photo, grey, 0.6), pane.ground, 0.5);
  const [r, g, b] = colorMapAt(COLOR_MAPS[pane.colorMap], value);
  return mixRgb(dimmed, mixRgb(grey, [r / 255, g / 255, b / 255], pane.opacity), shown);
}
