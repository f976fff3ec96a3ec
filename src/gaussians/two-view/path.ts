import { multiply3 } from '../../core/matrix3.ts';
import { apply3, axisAngleOf, rotationOf, type Vector3 } from '../../core/rotation.ts';
import type { Size } from '../../core/geometry.ts';
import type { FlyPlace } from '../../core/viewer/fly.ts';
import { cameraCentre, movedTo, resized, type SplatCamera, transpose3 } from '../camera.ts';
import type { TwoViewScene } from './build.ts';

/** What share of the way to B the photos have faded by: none at A and before it, all at B and beyond. */
export const fadeAt = (at: number): number => Math.min(1, Math.max(0, at));

/** Opacities of a scene's Gaussians on the way, as {@link TwoViewScene.fade} has it. */
export function fadedOpacities(opacities: ArrayLike<number>, fade: Float32Array, at: number): Float64Array {
  const share = fadeAt(at);
  return Float64Array.from(fade, (way, i) => opacities[i] * (1 - (way > 0 ? way * share : -way * (1 - share))));
}

/**
 * The camera at a place of the path, for a picture of `size`: centre on the straight line through both, rotation about
 * one axis at even speed, focal length in even ratios.
 */
export function flyCamera(
  { cameras: { a, b }, middle }: Pick<TwoViewScene, 'cameras' | 'middle'>,
  { at, yaw, pitch }: FlyPlace,
  size: Size,
): SplatCamera {
  const turn = axisAngleOf(multiply3(b.rotation, transpose3(a.rotation)));
  const rotation = multiply3(rotationOf(scaled(turn, at)), a.rotation);
  const [from, to] = [cameraCentre(a), cameraCentre(b)];
  const centre = from.map((value, k) => value + at * (to[k] - value)) as unknown as Vector3;
  const share = fadeAt(at);
  // Both lenses as seen in a picture of A's shape; B's by its longer side, should it be of the other format.
  const long = (camera: SplatCamera) => camera.fx / Math.max(camera.width, camera.height);
  const zoom = (long(b) / long(a)) ** share;
  const own = { ...a, fx: a.fx * zoom, fy: a.fy * zoom };
  const camera = resized(movedTo(own, rotation, centre), size.width, size.height);
  return yaw === 0 && pitch === 0 ? camera : orbited(camera, middle, yaw, pitch);
}

/** The camera swung around the point of its axis at a depth. */
function orbited(camera: SplatCamera, depth: number, yaw: number, pitch: number): SplatCamera {
  const swing = rotationOf([(pitch * Math.PI) / 180, (yaw * Math.PI) / 180, 0]);
  const rotation = multiply3(swing, camera.rotation);
  const ahead = camera.rotation.slice(6);
  const eye = cameraCentre(camera);
  const pivot = eye.map((value, k) => value + depth * ahead[k]) as unknown as Vector3;
  const back = apply3(transpose3(rotation), [0, 0, -depth]);
  return movedTo(camera, rotation, [pivot[0] + back[0], pivot[1] + back[1], pivot[2] + back[2]]);
}

const scaled = ([x, y, z]: Vector3, by: number): Vector3 => [x * by, y * by, z * by];
