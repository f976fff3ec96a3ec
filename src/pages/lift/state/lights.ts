import type { Side, Size } from '../../../core/geometry.ts';
import { inRadians } from '../../../geometry/pinhole.ts';
import type { LiftSettings } from '../contract/settings.ts';
import type { PointLight } from '../../../geometry/lift/lights.ts';
import { LIFT_LIMITS } from '../contract/settings.ts';
import { apply3, rotationOf } from '../../../core/rotation.ts';
import type { Vector3 } from '../../../core/rotation.ts';

type CameraSettings = Pick<LiftSettings, 'depth' | 'motion'>;

/**
 * Lights often lie far outside the picture. From the middle up to the first share of the way to its edge a handle
 * stands where its light is; beyond, handles crowd together towards the second, which none reaches.
 */
const TRUE_UP_TO = 0.5;
const LIMIT = 0.95;

/** What is added when a person asks for one more light: from above, behind the camera. */
export const NEW_LIGHT: PointLight = { position: [0, -0.8, 0], color: [1, 1, 1], power: 1 };

/**
 * Where a light's handle stands on a view, as shares of its width and height. A light near the camera or behind it has
 * no picture, so the handle tells only how far to the side and up it is: as if it were at the median depth.
 */
export function handlePlace(
  light: PointLight,
  side: Side,
  settings: CameraSettings,
  size: Size,
): { x: number; y: number } {
  const [x, y] = seenFrom(side, settings.motion, light.position);
  const scale = 2 * focalOf(side, settings);
  return { x: 0.5 + 0.5 * crowd(scale * x), y: 0.5 + 0.5 * crowd((scale * y * size.width) / size.height) };
}

/** The light after its handle was dragged to a place: aside and up or down in that view, as near as it was. */
export function lightAtHandle(
  light: PointLight,
  place: { x: number; y: number },
  side: Side,
  settings: CameraSettings,
  size: Size,
): PointLight {
  const [, , z] = seenFrom(side, settings.motion, light.position);
  const scale = 2 * focalOf(side, settings);
  const x = spread(2 * place.x - 1) / scale;
  const y = (spread(2 * place.y - 1) * size.height) / size.width / scale;
  const position = inFrameOfPhoto(side, settings.motion, [x, y, z]).map(withinLimits) as [number, number, number];
  return { ...light, position };
}

/** A light's colour as `#rrggbb` for a colour field, and back. Lights are linear, fields are sRGB. */
export function colorToHex(color: PointLight['color']): string {
  const byte = (linear: number) => Math.round(255 * encode(Math.min(1, Math.max(0, linear))));
  return `#${color.map((linear) => byte(linear).toString(16).padStart(2, '0')).join('')}`;
}

export function colorFromHex(hex: string): PointLight['color'] {
  const channel = (at: number) => decode(Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return [channel(1), channel(3), channel(5)];
}

const encode = (linear: number) => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
const decode = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** From −1…1 at the picture's edges, and beyond, to where the handle stands. */
function crowd(aside: number): number {
  const beyond = (Math.abs(aside) - TRUE_UP_TO) / (LIMIT - TRUE_UP_TO);
  if (beyond <= 0) return aside;
  return Math.sign(aside) * (TRUE_UP_TO + ((LIMIT - TRUE_UP_TO) * beyond) / (1 + beyond));
}

/** The inverse of {@link crowd}. */
function spread(shown: number): number {
  const share = Math.min(0.99, (Math.abs(shown) - TRUE_UP_TO) / (LIMIT - TRUE_UP_TO));
  if (share <= 0) return shown;
  return Math.sign(shown) * (TRUE_UP_TO + ((LIMIT - TRUE_UP_TO) * share) / (1 - share));
}

const focalOf = (side: Side, { depth, motion }: CameraSettings) => depth.focal * (side === 'b' ? motion.zoom : 1);

function seenFrom(side: Side, { rotation, translation }: LiftSettings['motion'], position: Vector3): Vector3 {
  if (side === 'a') return position;
  const [x, y, z] = apply3(rotationOf(inRadians(rotation)), position);
  return [x + translation[0], y + translation[1], z + translation[2]];
}

function inFrameOfPhoto(side: Side, { rotation, translation }: LiftSettings['motion'], point: Vector3): Vector3 {
  if (side === 'a') return point;
  const [x, y, z] = rotation;
  // The inverse of a rotation is the turn the other way round.
  const back = rotationOf(inRadians([-x, -y, -z]));
  return apply3(back, [point[0] - translation[0], point[1] - translation[1], point[2] - translation[2]]);
}

function withinLimits(value: number): number {
  const [min, max] = LIFT_LIMITS.lightPosition;
  return Math.min(max, Math.max(min, value));
}
