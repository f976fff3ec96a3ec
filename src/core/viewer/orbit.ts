/** A 3-vector in a frame that is said where it is used. */
export type Vec3 = readonly [number, number, number];

/** A viewer that looks at `target` from a distance; frames are y down, z forward, as a photo's camera. */
export interface Orbit {
  target: Vec3;
  distance: number;
  /** Turn about the vertical and tilt above the horizon, radians; both 0 looks along +z as camera A does. */
  yaw: number;
  pitch: number;
}

/** Field of view across the picture's shorter side, radians. */
export const ORBIT_FOV = (50 * Math.PI) / 180;
const MAX_PITCH = Math.PI / 2 - 0.01;

/** The orbit turned by angles in radians; the tilt stops before the poles. */
export const turned = (orbit: Orbit, yaw: number, pitch: number): Orbit => ({
  ...orbit,
  yaw: orbit.yaw + yaw,
  pitch: Math.min(MAX_PITCH, Math.max(-MAX_PITCH, orbit.pitch + pitch)),
});

/** The orbit `factor` times as near; the cloud's radius sets how near and far it goes. */
export const nearer = (orbit: Orbit, factor: number, radius: number): Orbit => ({
  ...orbit,
  distance: Math.min(50 * radius, Math.max(0.01 * radius, orbit.distance / factor)),
});

/** Right, down and forward of the viewer. */
export function orbitAxes({ yaw, pitch }: Orbit): { right: Vec3; down: Vec3; forward: Vec3 } {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return { right: [cy, 0, -sy], down: [-sy * sp, cp, -cy * sp], forward: [sy * cp, sp, cy * cp] };
}

/** The orbit with its target moved, as shares of the picture's shorter side to the right and down. */
export function moved(orbit: Orbit, x: number, y: number): Orbit {
  const { right, down } = orbitAxes(orbit);
  const side = 2 * orbit.distance * Math.tan(ORBIT_FOV / 2);
  const target = orbit.target.map((value, k) => value + side * (x * right[k] + y * down[k]));
  return { ...orbit, target: target as unknown as Vec3 };
}

/** How a point of space is seen: rows of the rotation into the viewer's frame, and where the viewer stands. */
export function orbitView(orbit: Orbit): { rows: readonly [Vec3, Vec3, Vec3]; eye: Vec3 } {
  const { right, down, forward } = orbitAxes(orbit);
  const eye = orbit.target.map((value, k) => value - orbit.distance * forward[k]) as unknown as Vec3;
  return { rows: [right, down, forward], eye };
}
