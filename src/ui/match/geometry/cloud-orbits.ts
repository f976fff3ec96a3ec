import type { CloudInfo } from '../../../shared/geometry-fit.ts';
import type { Orbit } from '../../../shared/orbit.ts';

type Extent = Pick<CloudInfo, 'centre' | 'radius'>;

/** A viewer far enough away to see cloud and cameras. */
const around = ({ centre, radius }: Extent, yaw: number, pitch: number): Orbit => ({
  target: centre,
  distance: Math.max(2.2 * radius, 1.15 * Math.hypot(...centre)),
  yaw,
  pitch,
});

/** Beside and above camera A, looking its way. */
export const frontOrbit = (extent: Extent): Orbit => around(extent, -0.35, 0.22);
export const sideOrbit = (extent: Extent): Orbit => around(extent, -Math.PI / 2, 0.05);
export const topOrbit = (extent: Extent): Orbit => around(extent, 0, Math.PI / 2 - 0.02);
