import { COMPARE_MODES } from '../../contract/view.ts';
import {
  clamp,
  isKnown,
  mixRgb,
  onStage,
  readCertainty,
  readHere,
  readThere,
  readWarp,
  unitAt,
  unknownColor,
} from '../pane/cpu.ts';
import type { PanePicture, PaneScene, Vec2 } from '../pane/cpu.ts';

const DIVIDER_WIDTH = 2;

/** A against the other photo laid on A's grid: swipe, blend, checkerboard or difference. */
export const drawCompare: PanePicture = (scene, x, y) => {
  const { pane } = scene;
  const mode = COMPARE_MODES[pane.mode];
  const unit = unitAt(scene, x, y);
  const landing = readWarp(scene.field, unit);
  const known = isKnown(scene, readCertainty(scene, unit), landing);
  const here = readHere(scene, unit);
  const there = readThere(scene, landing);
  if (mode === 'difference') {
    const difference = here.map((c, i) => Math.abs(c - there[i]));
    return onStage(scene, mixRgb(unknownColor(scene, x, y), difference, known), unit);
  }
  let color = mixRgb(here, mixRgb(pane.empty, there, known), mixture(scene, x, unit));
  if (mode === 'swipe') {
    const reach = Math.abs(x - pane.dividerX);
    const half = 0.5 * DIVIDER_WIDTH * pane.pixelRatio;
    color = mixRgb(color, [0, 0, 0], 0.35 * clamp(half + pane.pixelRatio + 0.5 - reach));
    color = mixRgb(color, [1, 1, 1], clamp(half + 0.5 - reach));
  }
  return onStage(scene, color, unit);
};

/** Share of the other photo. */
function mixture({ pane }: PaneScene, x: number, [u, v]: Vec2): number {
  const mode = COMPARE_MODES[pane.mode];
  if (mode === 'swipe') return clamp(pane.dividerX - x + 0.5);
  if (mode !== 'checker') return pane.amount;
  const cell = pane.checkerSize * Math.max(...pane.photo);
  const cells = Math.floor((u * pane.photo[0]) / cell) + Math.floor((v * pane.photo[1]) / cell);
  return Math.abs(cells) % 2;
}
