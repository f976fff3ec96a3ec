import type { Size } from '../../../shared/geometry.ts';
import type { CameraPair } from '../../../shared/lift/camera.ts';
import type { Pixels } from '../preprocess.ts';
import type { LiftMesh } from './mesh.ts';
import { MeshRaster } from './raster.ts';

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

/** Bilinear colour at a unit point, the border clamped, opaque. */
function readColour({ data, width, height }: Pixels, x: number, y: number, out: Uint8ClampedArray, at: number): void {
  const column = Math.min(Math.max(x * width - 0.5, 0), width - 1);
  const row = Math.min(Math.max(y * height - 0.5, 0), height - 1);
  const left = Math.floor(column);
  const top = Math.floor(row);
  const fx = column - left;
  const fy = row - top;
  const topLeft = 4 * (top * width + left);
  const right = left + 1 < width ? 4 : 0;
  const bottomLeft = top + 1 < height ? topLeft + 4 * width : topLeft;
  for (let c = 0; c < 3; c++) {
    const above = data[topLeft + c] * (1 - fx) + data[topLeft + right + c] * fx;
    const below = data[bottomLeft + c] * (1 - fx) + data[bottomLeft + right + c] * fx;
    out[at + c] = above * (1 - fy) + below * fy;
  }
  out[at + 3] = 255;
}
