import { PLACE } from '../../../../core/match-score.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import { isOnMesh } from '../mesh/cpu.ts';
import type { LiftMesh } from '../mesh/cpu.ts';
import { WARP_NOWHERE } from '../render/cpu.ts';

/** Where the photo's pixels lie in the new view, on the photo's grid. */
export interface ForwardWarp {
  /** [2, h, w] normalised; {@link WARP_NOWHERE} where there is no depth or the place lies behind the near plane. */
  warp: Float32Array;
  /** [h, w] 1 where the new view shows this place. */
  visible: Uint8Array;
  /** [h, w] one of {@link PLACE}. */
  places: Uint8Array;
}

/**
 * Photo → view in closed form, K_b (R · X_a + t), with visibility by the depth test.
 *
 * A place is visible where its depth in camera b is within `tolerance` of what was rendered there: at the nearest
 * pixel; where that lies in front, bilinearly between the four around (a slanted surface changes much within a pixel);
 * where nothing is in front, at any of the four. So the visible part ends within a pixel of an occluding edge.
 *
 * @param depth [h, w] of the photo, 0 where there is none
 * @param rendered [h, w] the view's depth, 0 in holes (LiftedView.depth)
 * @param tolerance share of the rendered depth
 */
export function forwardWarp(
  depth: Float32Array,
  mesh: Pick<LiftMesh, 'indices'>,
  rendered: Float32Array,
  cameras: CameraPair,
  tolerance: number,
): ForwardWarp {
  const { a, b, rotation: r, translation: t, near } = cameras;
  const points = depth.length;
  const warp = new Float32Array(2 * points).fill(WARP_NOWHERE);
  const visible = new Uint8Array(points);
  const places = new Uint8Array(points);
  for (let y = 0, i = 0; y < a.height; y++) {
    const rayY = (y + 0.5 - a.cy) / a.fy;
    for (let x = 0; x < a.width; x++, i++) {
      const z = depth[i];
      if (!(z > 0)) continue;
      const onSurface = isOnMesh(mesh.indices, a.width, x, y);
      if (onSurface) places[i] = PLACE.hidden;
      const rayX = (x + 0.5 - a.cx) / a.fx;
      const zb = (r[6] * rayX + r[7] * rayY + r[8]) * z + t[2];
      if (zb < near) continue;
      const xb = (b.fx * ((r[0] * rayX + r[1] * rayY + r[2]) * z + t[0])) / zb + b.cx;
      const yb = (b.fy * ((r[3] * rayX + r[4] * rayY + r[5]) * z + t[1])) / zb + b.cy;
      warp[i] = (2 * xb) / b.width - 1;
      warp[points + i] = (2 * yb) / b.height - 1;
      if (!onSurface || !(xb >= 0 && yb >= 0 && xb < b.width && yb < b.height)) continue;
      if (!isRendered(rendered, b.width, b.height, xb, yb, zb, tolerance)) continue;
      visible[i] = 1;
      places[i] = PLACE.visible;
    }
  }
  return { warp, visible, places };
}

/** Whether the depth map shows a surface at pixel (x, y) with this depth. */
function isRendered(
  rendered: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  depth: number,
  tolerance: number,
): boolean {
  const isNear = (other: number) => Math.abs(depth - other) <= tolerance * other;
  const nearest = rendered[Math.floor(y) * width + Math.floor(x)];
  if (isNear(nearest)) return true;
  const column = Math.min(Math.max(x - 0.5, 0), width - 1);
  const row = Math.min(Math.max(y - 0.5, 0), height - 1);
  const left = Math.floor(column);
  const top = Math.floor(row);
  const right = Math.min(left + 1, width - 1);
  const bottom = Math.min(top + 1, height - 1);
  const topLeft = rendered[top * width + left];
  const topRight = rendered[top * width + right];
  const bottomLeft = rendered[bottom * width + left];
  const bottomRight = rendered[bottom * width + right];
  // At the outline of its own surface the nearest pixel may show what lies behind, or a hole.
  const isOpen = !(nearest > 0) || nearest > depth;
  if (isOpen) return isNear(topLeft) || isNear(topRight) || isNear(bottomLeft) || isNear(bottomRight);
  if (!(topLeft > 0 && topRight > 0 && bottomLeft > 0 && bottomRight > 0)) return false;
  const fx = column - left;
  const fy = row - top;
  const above = topLeft + (topRight - topLeft) * fx;
  const below = bottomLeft + (bottomRight - bottomLeft) * fx;
  return isNear(above + (below - above) * fy);
}
