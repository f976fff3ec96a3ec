import type { DepthKind, SplatMaps } from '../../../gaussians/raster/render.ts';

/** Planes of the maps' buffer, and how many each map takes; WGSL knows them by {@link mapNames}. */
export const MAPS = {
  colour: 0,
  alpha: 3,
  centre: 4,
  median: 5,
  plane: 6,
  rayExpected: 7,
  rayMedian: 8,
  normal: 9,
  facing: 12,
  flatness: 13,
  dominant: 14,
  contributors: 15,
} as const satisfies Record<DepthKind | Exclude<keyof SplatMaps, 'width' | 'height' | 'depth'>, number>;
export const MAP_PLANES = 16;

/** `MAP_RAY_MEDIAN: 8` and so on, for a shader's names. */
export const mapNames = (): Record<string, number> =>
  Object.fromEntries(
    Object.entries(MAPS).map(([name, plane]) => [`MAP_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`, plane]),
  );

/** The maps in a buffer that was read back. */
export function unpackMaps(bytes: ArrayBuffer, width: number, height: number): SplatMaps {
  const points = width * height;
  const floats = (plane: number, count = 1) => new Float32Array(bytes, 4 * plane * points, count * points);
  return {
    width,
    height,
    colour: floats(MAPS.colour, 3),
    alpha: floats(MAPS.alpha),
    depth: {
      centre: floats(MAPS.centre),
      median: floats(MAPS.median),
      plane: floats(MAPS.plane),
      rayExpected: floats(MAPS.rayExpected),
      rayMedian: floats(MAPS.rayMedian),
    },
    normal: floats(MAPS.normal, 3),
    facing: floats(MAPS.facing),
    flatness: floats(MAPS.flatness),
    // All bits set is −1.
    dominant: new Int32Array(bytes, 4 * MAPS.dominant * points, points),
    contributors: new Uint32Array(bytes, 4 * MAPS.contributors * points, points),
  };
}
