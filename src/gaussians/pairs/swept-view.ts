import { rotationOf, type Vector3 } from '../../core/rotation.ts';
import { multiply3 } from '../../core/matrix3.ts';
import { cameraCentre, movedTo, type SplatCamera } from '../camera.ts';

/** What a breaking-point sweep turns up between two views of a scene. */
export const VIEW_SWEEPS = ['angle', 'focal', 'distance'] as const;
export type ViewSweep = (typeof VIEW_SWEEPS)[number];

/**
 * A second view that differs from `camera` in one thing alone.
 * @param depth of what the camera looks at, scene units: the point that it is turned about and comes away from
 * @param value `angle`: degrees that it is turned about that point, from side to side, which is just the angle between
 *   the axes of view; `focal`: focal length by the camera's; `distance`: distance from that point by the camera's
 */
export function sweptView(camera: SplatCamera, depth: number, kind: ViewSweep, value: number): SplatCamera {
  const { rotation: r } = camera;
  const eye = cameraCentre(camera);
  if (kind === 'focal') return { ...camera, fx: camera.fx * value, fy: camera.fy * value };
  const ahead: Vector3 = [r[6], r[7], r[8]];
  const at = (from: Vector3, by: number, direction: Vector3): Vector3 => [
    from[0] + by * direction[0],
    from[1] + by * direction[1],
    from[2] + by * direction[2],
  ];
  const target = at(eye, depth, ahead);
  if (kind === 'distance') return movedTo(camera, r, at(target, -depth * value, ahead));
  const angle = (value * Math.PI) / 180;
  // Camera axes are rows: turning the camera about its own down axis is multiplying from the left.
  const turned = multiply3(rotationOf([0, angle, 0]), r);
  return movedTo(camera, turned, at(target, -depth, [turned[6], turned[7], turned[8]]));
}
