import { inDegrees, inRadians } from '../pinhole.ts';
import type { CameraMotion } from '../pinhole.ts';
import { multiply3 } from '../../core/matrix3.ts';
import { apply3, axisAngleOf, rotationOf } from '../../core/rotation.ts';
import type { Vector3 } from '../../core/rotation.ts';
import { seededRandom } from '../random.ts';

export {
  camerasOf,
  intrinsicMatrix,
  pinhole,
  poseMatrix,
  project,
  transfer,
  unproject,
  viewpointAngle,
} from '../pinhole.ts';
export type { CameraPair, Pinhole } from '../pinhole.ts';

/** Ranges of L2M's random views (conventions.md). Lengths in units of the median depth, angles in degrees. */
export const L2M_VIEWS = {
  /** Share of the width. */
  focal: [0.45, 0.75],
  translation: [
    [0.2, 0.4],
    [0.2, 0.4],
    [0.4, 0.8],
  ],
  /** Every component of the axis-angle. */
  rotation: [5, 10],
} as const;

/** Most that an orbit's axis leans away from the vertical, degrees: people walk around things more than over them. */
const ORBIT_LEAN = 35;

/** A view drawn from L2M's ranges with random signs; the same seed gives the same view. */
export function drawL2mView(seed: number): { focal: number; motion: CameraMotion } {
  const random = seededRandom(seed);
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * random();
  const signed = (range: readonly [number, number]) => (random() < 0.5 ? -1 : 1) * between(range);
  const focal = between(L2M_VIEWS.focal);
  const [x, y, z] = L2M_VIEWS.translation;
  const translation: CameraMotion['translation'] = [signed(x), signed(y), signed(z)];
  const angle = () => signed(L2M_VIEWS.rotation);
  return { focal, motion: { translation, rotation: [angle(), angle(), angle()], zoom: 1 } };
}

/**
 * A view of a viewpoint bin: an orbit around the point of the axis at the median depth, so that the scene stays in
 * view. The angle between the directions of view is uniform within `bin` (degrees).
 */
export function drawViewpoint(bin: readonly [low: number, high: number], seed: number): CameraMotion {
  const random = seededRandom(seed);
  const angle = bin[0] + (bin[1] - bin[0]) * random();
  const side = random() < 0.5 ? -1 : 1;
  const lean = inRadians([0, 0, ORBIT_LEAN * (2 * random() - 1)])[2];
  // An axis across the axis of view, so that the whole turn counts.
  const axis: Vector3 = [side * angle * Math.sin(lean), side * angle * Math.cos(lean), 0];
  return turnAround({ rotation: [0, 0, 0], translation: [0, 0, 0], zoom: 1 }, axis, [0, 0, 1]);
}

/**
 * The motion with camera b swung around the photo's point at the median depth: what dragging the view does.
 * @param yaw degrees; positive makes the scene turn to the right
 * @param pitch degrees; positive makes the scene turn upwards
 */
export function orbit(motion: CameraMotion, yaw: number, pitch: number): CameraMotion {
  const [x, y, z] = apply3(rotationOf(inRadians(motion.rotation)), [0, 0, 1]);
  const [tx, ty, tz] = motion.translation;
  return turnAround(motion, [pitch, yaw, 0], [x + tx, y + ty, z + tz]);
}

/** The motion with all of camera b's frame turned by `turn` (axis-angle, degrees) about a point of that frame. */
function turnAround(motion: CameraMotion, turn: Vector3, pivot: Vector3): CameraMotion {
  const delta = rotationOf(inRadians(turn));
  const rotation = inDegrees(axisAngleOf(multiply3(delta, rotationOf(inRadians(motion.rotation)))));
  const [tx, ty, tz] = motion.translation;
  const [x, y, z] = apply3(delta, [tx - pivot[0], ty - pivot[1], tz - pivot[2]]);
  return { ...motion, rotation: [...rotation], translation: [x + pivot[0], y + pivot[1], z + pivot[2]] };
}
