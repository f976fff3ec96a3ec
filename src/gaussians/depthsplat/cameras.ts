import type { Size } from '../../core/geometry.ts';
import { invert3, type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { apply3 } from '../../core/rotation.ts';
import { relativePose, type SplatCamera } from '../camera.ts';

/** How a photo becomes the network's input: scaled until both sides reach, the middle cut out. */
export interface Crop {
  /** The whole photo, scaled. */
  readonly scaled: Size;
  /** Left and upper margin of the part that is taken. */
  readonly left: number;
  readonly top: number;
  readonly size: Size;
}

/** Upstream's rule: the smaller overshoot, and the middle. */
export function cropOf(photo: Size, size: Size): Crop {
  const factor = Math.max(size.width / photo.width, size.height / photo.height);
  const scaled = {
    width: Math.max(size.width, Math.round(photo.width * factor)),
    height: Math.max(size.height, Math.round(photo.height * factor)),
  };
  const left = Math.floor((scaled.width - size.width) / 2);
  const top = Math.floor((scaled.height - size.height) / 2);
  return { scaled, left, top, size };
}

/** A photo's camera as that of the part that the network sees. */
export function croppedCamera(camera: SplatCamera, { scaled, left, top, size }: Crop): SplatCamera {
  const [sx, sy] = [scaled.width / camera.width, scaled.height / camera.height];
  return {
    ...camera,
    ...size,
    fx: camera.fx * sx,
    fy: camera.fy * sy,
    cx: camera.cx * sx - left,
    cy: camera.cy * sy - top,
  };
}

/** What the network wants of two cameras, its inputs by name; depths in the unit of their positions. */
export interface SweepInputs {
  /** [2, 3, 3] K of the other · R · K⁻¹ of this one, and [2, 3, 1] K of the other · t. */
  readonly turn: Float32Array;
  readonly shift: Float32Array;
  /** [2, 1, 1, 1] */
  readonly inverse_far: Float32Array;
  readonly inverse_near: Float32Array;
}

/**
 * How pixels of each view lie in the other with every depth. Each photo keeps its own K: upstream projects with that of the view it
 * looks from, which is the same only where both are.
 */
export function sweepInputs([a, b]: readonly [SplatCamera, SplatCamera], near: number, far: number): SweepInputs {
  const parts = [
    [a, b],
    [b, a],
  ].map(([own, other]) => {
    const { rotation, translation } = relativePose(own, other);
    const k = matrixOf(other);
    return {
      turn: multiply3(multiply3(k, rotation), inverseOf(own)),
      shift: apply3(k, translation),
    };
  });
  return {
    turn: Float32Array.from(parts.flatMap(({ turn }) => [...turn])),
    shift: Float32Array.from(parts.flatMap(({ shift }) => [...shift])),
    inverse_far: Float32Array.of(1 / far, 1 / far),
    inverse_near: Float32Array.of(1 / near, 1 / near),
  };
}

const matrixOf = ({ fx, fy, cx, cy }: SplatCamera): Matrix3 => [fx, 0, cx, 0, fy, cy, 0, 0, 1];

/** K⁻¹; focal lengths are positive. */
const inverseOf = (camera: SplatCamera): Matrix3 => invert3(matrixOf(camera))!;
