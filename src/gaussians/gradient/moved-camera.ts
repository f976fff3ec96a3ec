import { multiply3 } from '../../core/matrix3.ts';
import { apply3, rotationOf } from '../../core/rotation.ts';
import type { SplatCamera } from '../camera.ts';
import type { CameraGradient } from './chain.ts';

/** The camera after a small motion in its own frame, see CameraGradient: t → exp(turn) t + shift; lens numbers are added. */
export function movedCamera(camera: SplatCamera, { turn, shift, fx, fy, cx, cy }: Readonly<CameraMotion>): SplatCamera {
  const rotation = rotationOf(turn);
  const [x, y, z] = apply3(rotation, camera.translation);
  return {
    ...camera,
    rotation: multiply3(rotation, camera.rotation),
    translation: [x + shift[0], y + shift[1], z + shift[2]],
    fx: camera.fx + fx,
    fy: camera.fy + fy,
    cx: camera.cx + cx,
    cy: camera.cy + cy,
  };
}

/** A step along the derivatives of CameraGradient. */
export type CameraMotion = { readonly [K in keyof CameraGradient]: Readonly<CameraGradient[K]> };
