import { resizeMap } from '../../../compute/resize-map/cpu.ts';
import type { Size } from '../../../core/geometry.ts';
import { IDENTITY3 } from '../../../core/matrix3.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import { createTable, type GaussianTable } from '../../../gaussians/table.ts';
import { writeSplats } from '../../../gaussians/two-view/splats.ts';
import { surfaceOf } from '../../../gaussians/two-view/surface.ts';
import type { PlainFrame } from './drawing/frame.ts';

/** By the width that discs have where two photos share the work: here nothing else closes the gaps between them. */
const WIDER = Math.log(1.5);
/** Log of thickness by width: so thin that the plane is the faithful depth, as it is the surface that is lifted. */
const THIN = Math.log(0.02);

/**
 * The lifted photo as a scene of Gaussians: a disc for every pixel, on the surface, as the photo's camera sees it. That
 * camera stands at the origin and looks down +z; lengths are the studio's scene units. Sky has no place, and neither have
 * pixels that lie across a depth edge.
 * @param most Gaussians: a larger photo becomes fewer and wider discs
 */
export function liftedSplats(
  { size, depth, colour, cameras }: Pick<PlainFrame, 'size' | 'depth' | 'colour' | 'cameras'>,
  most: number,
): { table: GaussianTable; camera: SplatCamera } {
  const step = Math.ceil(Math.sqrt((size.width * size.height) / most));
  const grid = { width: Math.floor(size.width / step), height: Math.floor(size.height / step) };
  const inverse = resizeMap(
    depth.a.map((z) => (z > 0 ? 1 / z : 0)),
    size,
    grid,
  );
  const { fx, fy, cx, cy } = cameras.a;
  const surface = surfaceOf(inverse, grid, [fx / size.width, fy / size.height]);
  const chosen = Uint32Array.from(surface.kept.keys()).filter((i) => surface.kept[i] === 1 && inverse[i] > 0);
  const table = createTable(chosen.length, 0, { model: '3dgs', antialiased: false, source: 'lifted photo' });
  const placement = { rotation: IDENTITY3, centre: [0, 0, 0], unit: 1 } as const;
  writeSplats(table, 0, surface, colours(colour.a, size, grid), chosen, placement);
  const { logScales } = table;
  for (let i = 0; i < logScales.length; i += 3) {
    logScales[i] += WIDER;
    logScales[i + 1] += WIDER;
    logScales[i + 2] = logScales[i + 1] + THIN;
  }
  const camera = { ...size, fx, fy, cx, cy, rotation: IDENTITY3, translation: [0, 0, 0] } as const;
  return { table, camera };
}

/** [h, w, 3] 0…1 of RGBA, at the grid's size. */
function colours(rgba: Uint8ClampedArray, size: Size, grid: Size): Float32Array {
  const points = grid.width * grid.height;
  const colour = new Float32Array(3 * points);
  for (let c = 0; c < 3; c++) {
    const channel = Float32Array.from({ length: size.width * size.height }, (_, i) => rgba[4 * i + c] / 255);
    resizeMap(channel, size, grid).forEach((value, i) => (colour[3 * i + c] = value));
  }
  return colour;
}
