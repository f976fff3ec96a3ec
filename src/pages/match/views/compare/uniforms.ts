import type { Size } from '../../../../core/geometry.ts';
import { canvasSize, comparedCanvas } from '../../contract/alignment.ts';
import type { Pane } from '../../contract/layout.ts';
import type { PaneUniforms } from '../pane/bindings.ts';
import { type Frame, paneUniforms } from '../pane/frame.ts';

/**
 * Uniforms of the comparison by a homography; null where the dense match is compared. `photo` is A's size.
 */
export function alignedUniforms(frame: Frame, pane: Pane, photo: Size): PaneUniforms | null {
  const { fit, settings } = frame;
  const canvas = comparedCanvas(settings, fit?.alignment?.canvas);
  if (!canvas || !fit?.alignment) return null;
  const { homography } = fit.alignment;
  return {
    ...paneUniforms(frame, pane, canvasSize(photo, canvas), { width: 1, height: 1 }),
    photo: [photo.width, photo.height],
    planeRow0: homography.slice(0, 3),
    planeRow1: homography.slice(3, 6),
    planeRow2: homography.slice(6, 9),
    canvas: [canvas.x, canvas.y, canvas.width, canvas.height],
  };
}

/** Size of the frame in between, `amount` of the way from A to B: so the morph starts and ends on a photo's own shape. */
export const morphSize = (a: Size, b: Size, amount: number): Size => ({
  width: a.width + (b.width - a.width) * amount,
  height: a.height + (b.height - a.height) * amount,
});
