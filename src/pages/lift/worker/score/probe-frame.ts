import type { Point, Side } from '../../../../core/geometry.ts';
import { WARP_NOWHERE } from '../../passes/render/cpu.ts';
import type { PlainFrame } from '../drawing/frame.ts';

/**
 * Where the truth has a place of one view in the other one; both in pixels of the rendered size. The pixel under the
 * place answers, moved by the place's offset from its centre. Null outside the view, in holes and in the sky.
 */
export function probeFrame(
  { size: { width, height }, warp, visible }: PlainFrame,
  side: Side,
  { x, y }: Point,
): { x: number; y: number; visible: boolean } | null {
  if (!(x >= 0 && y >= 0 && x < width && y < height)) return null;
  const i = Math.floor(y) * width + Math.floor(x);
  const plane = warp[side];
  const [u, v] = [plane[i], plane[width * height + i]];
  if (u === WARP_NOWHERE && v === WARP_NOWHERE) return null;
  return {
    x: 0.5 * width * (u + 1) + (x % 1) - 0.5,
    y: 0.5 * height * (v + 1) + (y % 1) - 0.5,
    visible: visible[side][i] === 1,
  };
}
