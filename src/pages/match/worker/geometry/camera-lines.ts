import type { CloudLine } from '../../views/cloud/cpu.ts';
import type { CameraPair } from '../../contract/geometry-fit.ts';
import type { Vec3 } from '../../../../core/viewer/orbit.ts';

const COLORS = { a: [0.16, 0.62, 1], b: [1, 0.45, 0.1], between: [0.6, 0.6, 0.6] } as const;
/** Height of a camera's pyramid as a share of the cloud's radius, and its most in baselines. */
const PYRAMID = { ofRadius: 0.25, most: 0.5 } as const;
/** Height of a picture as a share of its width; the pyramid is a sign, not a measure. */
const ASPECT = 0.7;

/** Both cameras as pyramids that open towards what they see, and the line between them; camera A's frame. */
export function cameraLines({ intrinsics, rotation: r, translation: t }: CameraPair, radius: number): CloudLine[] {
  const depth = Math.min(PYRAMID.most, PYRAMID.ofRadius * radius);
  // x_a = Rᵀ (x_b − t).
  const toA = (p: Vec3): Vec3 => {
    const [x, y, z] = [p[0] - t[0], p[1] - t[1], p[2] - t[2]];
    return [r[0] * x + r[3] * y + r[6] * z, r[1] * x + r[4] * y + r[7] * z, r[2] * x + r[5] * y + r[8] * z];
  };
  const pyramid = (side: 'a' | 'b', place: (p: Vec3) => Vec3): CloudLine[] => {
    const halfWidth = depth * Math.tan((intrinsics[side].fov * Math.PI) / 360);
    const corner = (x: number, y: number) => place([x * halfWidth, y * ASPECT * halfWidth, depth]);
    const corners = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
    const apex = place([0, 0, 0]);
    return corners.flatMap((at, i) => [
      { start: apex, end: at, color: COLORS[side] },
      { start: at, end: corners[(i + 1) % 4], color: COLORS[side] },
    ]);
  };
  const baseline = { start: [0, 0, 0], end: toA([0, 0, 0]), color: COLORS.between } as const;
  return [...pyramid('a', (p) => p), ...pyramid('b', toA), baseline];
}
