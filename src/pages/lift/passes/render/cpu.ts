import type { Size } from '../../../../core/geometry.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { LiftMesh } from '../mesh/cpu.ts';
import { MeshRaster } from './raster.ts';
import { readColour } from '../read-colour.ts';

/** Warp of a place that lies nowhere in the other picture: finite, and outside it. */
export const WARP_NOWHERE = -2;

/** A new view of a lifted photo in ordinary memory, row by row. */
export interface LiftedView {
  size: Size;
  /** RGBA; 0, 0, 0, 0 in holes. */
  colour: Uint8ClampedArray;
  /** [h, w] along camera b's axis, scene units; 0 in holes. */
  depth: Float32Array;
  /** [2, h, w] exact place in the photo, normalised; {@link WARP_NOWHERE} in holes. */
  warp: Float32Array;
  /** [h, w] 1 where the photo shows what the view shows here, which is everywhere but in holes. */
  visible: Uint8Array;
}

/**
 * The mesh seen by camera b. Colours are read bilinearly from the photo, which may have another size than the mesh;
 * the back of a surface hides what lies behind it and is a hole itself, as nobody knows how it looks.
 */
export function renderView(photo: Pixels, mesh: LiftMesh, cameras: CameraPair): LiftedView {
  const { width, height } = cameras.b;
  const points = width * height;
  const raster = new MeshRaster(mesh, cameras).draw();
  const colour = new Uint8ClampedArray(4 * points);
  const depth = new Float32Array(points);
  const warp = new Float32Array(2 * points).fill(WARP_NOWHERE);
  const visible = new Uint8Array(points);
  const toUnitX = 1 / cameras.a.width;
  const toUnitY = 1 / cameras.a.height;
  for (let i = 0; i < points; i++) {
    if (!(raster.inverseDepth[i] > 0) || raster.back[i]) continue;
    const x = raster.x[i] * toUnitX;
    const y = raster.y[i] * toUnitY;
    depth[i] = 1 / raster.inverseDepth[i];
    warp[i] = 2 * x - 1;
    warp[points + i] = 2 * y - 1;
    visible[i] = 1;
    readColour(photo, x, y, colour, 4 * i);
  }
  return { size: { width, height }, colour, depth, warp, visible };
}
