import type { Rect, Size } from '../../../../core/geometry.ts';
import type { UniformValues } from '../../../../platform/gpu/uniforms.ts';
import type { StageFit } from '../../contract/alignment.ts';
import type { Pane } from '../../contract/layout.ts';
import type { ViewSettings } from '../../contract/view.ts';
import type { PaneUniforms } from './bindings.ts';
import type { PanePicture } from './cpu.ts';
import { type Frame, paneUniforms } from './frame.ts';

/** The rule that a picture is worked out by, pixel by pixel, and the uniforms it reads; `own` as {@link PaneScene} has it. */
export interface PictureRule {
  picture: PanePicture;
  uniforms: PaneUniforms;
  own?: UniformValues;
}

/** A pane of a 2D canvas, already clipped to it. Rectangles are device pixels. */
export interface CanvasPane {
  context: OffscreenCanvasRenderingContext2D;
  frame: Frame;
  photo: { size: Size; image: ImageBitmap };
  /** Where the whole photo lies, and the part of the canvas that the pane may draw on. */
  rect: Rect;
  clip: Rect;
  /** The picture by these settings, worked out small and kept while they stay. */
  picture(settings: ViewSettings): OffscreenCanvas;
  /** Draws where the photo lies, or where something of size `laidOut` would in its stead. */
  drawImage(image: ImageBitmap | OffscreenCanvas, laidOut?: Size): void;
}

/** A view's picture without a GPU: by the shader's own rules, at a small size that the canvas enlarges. */
export interface CpuPainter {
  /** Size of what is laid out in the pane, where it is not the photo. */
  laidOut?(settings: ViewSettings, fit: StageFit | null | undefined, photo: Size): Size;
  /** `photo`: its size; `grid`: that of the warp on it. */
  rule(frame: Frame, pane: Pane, photo: Size, grid: Size): PictureRule;
  /** Draws the pane where a canvas does better than pixel by pixel. */
  paint?(pane: CanvasPane): void;
}

/** A view whose picture is one rule; `own` gives the uniforms that it alone has. */
export const onePicture = (
  picture: PanePicture,
  own?: (frame: Frame, pane: Pane) => UniformValues,
  paint?: CpuPainter['paint'],
): CpuPainter => ({
  rule: (frame, pane, photo, grid) => ({
    picture,
    uniforms: paneUniforms(frame, pane, photo, grid),
    own: own?.(frame, pane),
  }),
  paint,
});

export function clipTo(context: OffscreenCanvasRenderingContext2D, { x, y, width, height }: Rect): void {
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
}

/** r, g, b in 0…1. */
export const cssColor = ([r, g, b]: readonly number[]): string =>
  `rgb(${[r, g, b].map((c) => Math.round(c * 255)).join(' ')})`;
