import type { Size } from './geometry.ts';

/** Focal length in pixels of a photo `width` pixels wide whose horizontal field of view is `fov` degrees. */
export const focalOfFov = (width: number, fov: number): number => width / 2 / Math.tan((fov * Math.PI) / 360);

/** Horizontal field of view in degrees. */
export const fovOfFocal = (width: number, focal: number): number => (Math.atan(width / 2 / focal) * 360) / Math.PI;

/** What is assumed where nobody knows: a focal length as long as the photo's longer side (53°), a phone's main camera. */
export const assumedFocal = ({ width, height }: Size): number => Math.max(width, height);
