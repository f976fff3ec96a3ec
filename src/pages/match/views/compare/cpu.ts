import type { Size } from '../../../../core/geometry.ts';
import { dividerX } from '../../../../core/viewer/swipe.ts';
import { canvasSize, comparedCanvas, type StageFit } from '../../contract/alignment.ts';
import { COMPARE_MODES, type ViewSettings } from '../../contract/view.ts';
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
import { type CanvasPane, clipTo, type CpuPainter } from '../pane/cpu-painter.ts';
import { flickerPhase, paneUniforms } from '../pane/frame.ts';
import { drawAligned } from './aligned-cpu.ts';
import { alignedUniforms } from './uniforms.ts';

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

/** Size of the canvas that a homography lays both photos on; null where the dense match is compared. */
function alignedSize(settings: ViewSettings, fit: StageFit | null | undefined, photo: Size): Size | null {
  const canvas = comparedCanvas(settings, fit?.alignment?.canvas);
  return canvas && canvasSize(photo, canvas);
}

/** Without a GPU: a morph is a blend. */
export const compareCpu: CpuPainter = {
  laidOut: (settings, fit, photo) => alignedSize(settings, fit, photo) ?? photo,

  rule(frame, pane, photo, grid) {
    const uniforms = alignedUniforms(frame, pane, photo);
    if (uniforms) return { picture: drawAligned, uniforms };
    return { picture: drawCompare, uniforms: paneUniforms(frame, pane, photo, grid) };
  },

  paint(pane: CanvasPane) {
    const { context, frame, photo, rect, clip, picture, drawImage } = pane;
    const { settings, fit, pixelRatio, now } = frame;
    const canvas = alignedSize(settings, fit, photo.size);
    if (canvas) {
      const isFlicker = settings.compareMode === 'flicker';
      drawImage(picture(isFlicker ? { ...settings, amount: flickerPhase(now) } : settings), canvas);
      return;
    }
    if (settings.compareMode === 'checker' || settings.compareMode === 'difference') {
      drawImage(picture(settings));
      return;
    }
    // The other photo alone on this one's grid: worked out once, whatever the amount.
    const rebuilt = picture({ ...settings, compareMode: 'blend', amount: 1 });
    drawImage(photo.image);
    if (settings.compareMode === 'swipe') {
      const divider = dividerX(clip, rect, settings.amount);
      clipTo(context, { ...clip, width: divider - clip.x });
      drawImage(rebuilt);
      context.fillStyle = '#ffffff';
      context.fillRect(divider - 2 * pixelRatio, clip.y, 2 * pixelRatio, clip.height);
      return;
    }
    context.globalAlpha = settings.compareMode === 'flicker' ? flickerPhase(now) : settings.amount;
    drawImage(rebuilt);
  },
};
