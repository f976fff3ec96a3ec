import type { CloudInfo } from '../../contract/geometry-fit.ts';
import type { Orbit, Vec3 } from '../../../../core/viewer/orbit.ts';

type Extent = Pick<CloudInfo, 'centre' | 'radius'>;

/** Radii between the viewer and the middle of what is to be seen. */
const AWAY = 1.6;

/** A viewer that sees the cloud and both cameras, which stand one unit apart at the origin. */
function around({ centre, radius }: Extent, yaw: number, pitch: number): Orbit {
  const depth = Math.hypot(...centre) || 1;
  // From a little behind the cameras to the cloud's far side.
  const half = (depth + radius + 0.5) / 2;
  const target = centre.map((value) => (value / depth) * (half - 0.5)) as unknown as Vec3;
  return { target, distance: AWAY * Math.max(half, radius), yaw, pitch };
}

/** Beside and above camera A, looking its way. */
export const frontOrbit = (extent: Extent): Orbit => around(extent, -0.35, 0.22);
export const sideOrbit = (extent: Extent): Orbit => around(extent, -Math.PI / 2, 0.05);
export const topOrbit = (extent: Extent): Orbit => around(extent, 0, Math.PI / 2 - 0.02);
